package io.crashmonitor.minidump.reader;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Streams that are one text, ended by a zero or by the stream. */
final class Texts {
  private Texts() {}

  static String utf16(ByteSource bytes, StreamEntry stream, int limit) {
    return text(bytes, stream, limit & ~1, StandardCharsets.UTF_16LE);
  }

  static String latin1(ByteSource bytes, StreamEntry stream, int limit) {
    return text(bytes, stream, limit, StandardCharsets.ISO_8859_1);
  }

  private static String text(ByteSource bytes, StreamEntry stream, int limit, Charset charset) {
    byte[] raw = bytes.bytes(stream.offset(), (int) Math.min(stream.size(), limit));
    String text = new String(raw, charset);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
