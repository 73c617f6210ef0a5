package io.crashmonitor.sidecar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Small Windows dumps of any size, put together as minidumpapiset.h has them. */
public final class TestDump {
  private static final int HEADER = 32;
  private static final int ENTRY = 12;
  private static final int USER_STREAM = 0x10000;

  private final Map<Integer, byte[]> streams = new LinkedHashMap<>();
  private final Instant written;

  private TestDump(Instant written) {
    this.written = written;
  }

  /** Of a process that died of an access violation. */
  public static TestDump of(long pid, Instant start, String comment) {
    TestDump dump = new TestDump(start.plusSeconds(60));
    dump.streams.put(7, systemInfo());
    dump.streams.put(15, miscInfo(pid, start));
    dump.streams.put(6, exception(0xC0000005));
    dump.streams.put(11, (comment + "\0").getBytes(StandardCharsets.UTF_16LE));
    return dump;
  }

  /** With so many bytes more, of which half can be compressed. */
  public TestDump padded(int bytes) {
    byte[] padding = new byte[bytes];
    new Random(bytes).nextBytes(padding);
    for (int i = 0; i < bytes; i += 2) {
      padding[i] = 0;
    }
    streams.put(USER_STREAM, padding);
    return this;
  }

  public byte[] bytes() {
    ByteBuffer head = little(HEADER + ENTRY * streams.size());
    head.putInt(0x504D444D).putInt(0xA793).putInt(streams.size()).putInt(HEADER).putInt(0);
    head.putInt((int) written.getEpochSecond()).putLong(0);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    streams.forEach(
        (type, content) -> {
          head.putInt(type).putInt(content.length).putInt(head.capacity() + body.size());
          body.writeBytes(content);
        });
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.array());
    all.writeBytes(body.toByteArray());
    return all.toByteArray();
  }

  /** Puts it where the helper puts finished dumps, as the helper does: by one move. */
  public Path ready(Path root, long pid, Instant start, int n) {
    String name = pid + "_" + start.toEpochMilli() + "_" + n + ".dmp";
    try {
      Path made = Files.write(Files.createDirectories(root.resolve("made")).resolve(name), bytes());
      Path folder = Files.createDirectories(root.resolve("dumps/ready"));
      return Files.move(made, folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] systemInfo() {
    ByteBuffer info = little(56);
    info.putShort(0, (short) 9);
    info.putInt(8, 10).putInt(16, 20348).putInt(20, 2);
    return info.array();
  }

  private static byte[] miscInfo(long pid, Instant start) {
    ByteBuffer info = little(24);
    info.putInt(24).putInt(3).putInt((int) pid).putInt((int) start.getEpochSecond());
    return info.array();
  }

  private static byte[] exception(int code) {
    ByteBuffer exception = little(168);
    exception.putInt(0, 77).putInt(8, code).putLong(24, 0x140001000L);
    return exception.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
