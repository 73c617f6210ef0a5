package io.crashmonitor.minidump.synth;

import io.crashmonitor.minidump.reader.ByteSource;
import io.crashmonitor.minidump.reader.Minidump;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Builds minidumps for tests: what is added becomes a stream; memory comes last, as in real ones.
 */
public final class DumpBuilder {
  private static final int HEADER = 32;
  private static final int ENTRY = 12;

  private final int architecture;
  private final List<ThreadPart> threads = new ArrayList<>();
  private final List<ModulePart> modules = new ArrayList<>();
  private final List<Range> memory = new ArrayList<>();
  private final List<Stream> extra = new ArrayList<>();
  private ExceptionPart exception;
  private boolean smallMemory;

  private record ThreadPart(long id, long teb, long stackStart, byte[] context) {}

  private record ModulePart(long base, long size, long timestamp, String path) {}

  private record Range(long start, byte[] bytes) {}

  private record Stream(int type, byte[] bytes) {}

  private record ExceptionPart(
      long thread, long code, long address, long[] parameters, byte[] context) {}

  private DumpBuilder(int architecture) {
    this.architecture = architecture;
  }

  public static DumpBuilder amd64() {
    return new DumpBuilder(9);
  }

  public static DumpBuilder x86() {
    return new DumpBuilder(0);
  }

  public static DumpBuilder arm64() {
    return new DumpBuilder(12);
  }

  /** An amd64 CONTEXT with these registers by number (rax, rcx, rdx, rbx, rsp…). */
  public static byte[] amd64Context(long ip, Map<Integer, Long> registers) {
    Bytes context = new Bytes().padTo(0x78);
    for (int i = 0; i < 16; i++) {
      context.u64(registers.getOrDefault(i, 0L));
    }
    return context.u64(ip).padTo(0x4D0).toArray();
  }

  /** An x86 CONTEXT. */
  public static byte[] x86Context(long ip, long sp, long fp) {
    return new Bytes().padTo(0xB4).u32(fp).u32(ip).padTo(0xC4).u32(sp).padTo(0x2CC).toArray();
  }

  /** An arm64 CONTEXT. */
  public static byte[] arm64Context(long pc, long sp, long fp, long lr, Map<Integer, Long> x) {
    Bytes context = new Bytes().padTo(8);
    for (int i = 0; i < 29; i++) {
      context.u64(x.getOrDefault(i, 0L));
    }
    return context.u64(fp).u64(lr).u64(sp).u64(pc).padTo(0x390).toArray();
  }

  public DumpBuilder thread(long id, byte[] context) {
    return thread(id, 0, context);
  }

  public DumpBuilder thread(long id, long teb, byte[] context) {
    threads.add(new ThreadPart(id, teb, 0, context));
    return this;
  }

  public DumpBuilder module(long base, long size, String path) {
    return module(base, size, 0x5F000000L, path);
  }

  public DumpBuilder module(long base, long size, long timestamp, String path) {
    modules.add(new ModulePart(base, size, timestamp, path));
    return this;
  }

  public DumpBuilder memory(long start, byte[] bytes) {
    memory.add(new Range(start, bytes));
    return this;
  }

  public DumpBuilder exception(
      long thread, long code, long address, byte[] context, long... parameters) {
    exception = new ExceptionPart(thread, code, address, parameters, context);
    return this;
  }

  /** A stream as it is. */
  public DumpBuilder stream(int type, byte[] bytes) {
    extra.add(new Stream(type, bytes));
    return this;
  }

  public DumpBuilder comment(String text) {
    return stream(11, new Bytes().utf16(text).u16(0).toArray());
  }

  public DumpBuilder miscInfo(long pid, long createTime) {
    return stream(15, new Bytes().u32(24).u32(3).u32(pid).u32(createTime).u32(1).u32(2).toArray());
  }

  /** Memory in a MemoryList instead of a Memory64List. */
  public DumpBuilder smallMemory() {
    smallMemory = true;
    return this;
  }

  public Minidump open() {
    return Minidump.of(ByteSource.of(build()));
  }

  public byte[] build() {
    List<Stream> streams = new ArrayList<>();
    int count =
        1
            + (threads.isEmpty() ? 0 : 1)
            + (modules.isEmpty() ? 0 : 1)
            + (exception == null ? 0 : 1)
            + (memory.isEmpty() ? 0 : 1)
            + extra.size();
    int at = HEADER + count * ENTRY;
    Bytes body = new Bytes();
    streams.add(new Stream(7, systemInfo()));
    streams.addAll(extra);
    List<long[]> places = new ArrayList<>();
    for (Stream stream : streams) {
      places.add(new long[] {stream.type(), stream.bytes().length, at + body.size()});
      body.raw(stream.bytes());
    }
    if (!threads.isEmpty()) {
      places.add(threadList(body, at));
    }
    if (!modules.isEmpty()) {
      places.add(moduleList(body, at));
    }
    if (exception != null) {
      places.add(exceptionStream(body, at));
    }
    if (!memory.isEmpty()) {
      places.add(smallMemory ? memoryList(body, at) : memory64List(body, at));
    }
    Bytes dump = new Bytes().ascii("MDMP").u32(0xA793).u32(count).u32(HEADER).u32(0);
    dump.u32(1_700_000_000L).u64(smallMemory ? 0 : 2);
    for (long[] place : places) {
      dump.u32(place[0]).u32(place[1]).u32(place[2]);
    }
    return dump.raw(body.toArray()).toArray();
  }

  private byte[] systemInfo() {
    Bytes info = new Bytes().u16(architecture).u16(6).u16(0).u8(4, 3);
    return info.u32(10).u32(0).u32(20348).u32(2).u32(0).u32(0).padTo(56).toArray();
  }

  private long[] threadList(Bytes body, int at) {
    List<Long> contexts = new ArrayList<>();
    for (ThreadPart thread : threads) {
      contexts.add((long) at + body.size());
      body.raw(thread.context());
    }
    int start = at + body.size();
    body.u32(threads.size());
    for (int i = 0; i < threads.size(); i++) {
      ThreadPart thread = threads.get(i);
      body.u32(thread.id()).u32(0).u32(0).u32(0).u64(thread.teb());
      body.u64(thread.stackStart()).u32(0).u32(0);
      body.u32(thread.context().length).u32(contexts.get(i));
    }
    return new long[] {3, at + body.size() - start, start};
  }

  private long[] moduleList(Bytes body, int at) {
    List<Long> names = new ArrayList<>();
    for (ModulePart module : modules) {
      names.add((long) at + body.size());
      body.u32(2L * module.path().length()).utf16(module.path()).u16(0);
    }
    int start = at + body.size();
    body.u32(modules.size());
    for (int i = 0; i < modules.size(); i++) {
      ModulePart module = modules.get(i);
      body.u64(module.base()).u32(module.size()).u32(0).u32(module.timestamp());
      body.u32(names.get(i)).raw(new byte[84]);
    }
    return new long[] {4, at + body.size() - start, start};
  }

  private long[] exceptionStream(Bytes body, int at) {
    long context = at + body.size();
    body.raw(exception.context());
    int start = at + body.size();
    body.u32(exception.thread()).u32(0).u32(exception.code()).u32(0).u64(0);
    body.u64(exception.address()).u32(exception.parameters().length).u32(0);
    for (int i = 0; i < 15; i++) {
      body.u64(i < exception.parameters().length ? exception.parameters()[i] : 0);
    }
    body.u32(exception.context().length).u32(context);
    return new long[] {6, 168, start};
  }

  private long[] memoryList(Bytes body, int at) {
    List<Long> places = new ArrayList<>();
    for (Range range : memory) {
      places.add((long) at + body.size());
      body.raw(range.bytes());
    }
    int start = at + body.size();
    body.u32(memory.size());
    for (int i = 0; i < memory.size(); i++) {
      body.u64(memory.get(i).start()).u32(memory.get(i).bytes().length).u32(places.get(i));
    }
    return new long[] {5, at + body.size() - start, start};
  }

  private long[] memory64List(Bytes body, int at) {
    int start = at + body.size();
    long size = 16 + 16L * memory.size();
    body.u64(memory.size()).u64(start + size);
    for (Range range : memory) {
      body.u64(range.start()).u64(range.bytes().length);
    }
    for (Range range : memory) {
      body.raw(range.bytes());
    }
    return new long[] {9, size, start};
  }
}
