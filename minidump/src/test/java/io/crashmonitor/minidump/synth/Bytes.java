package io.crashmonitor.minidump.synth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes, appended one after the other. */
public final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Bytes u8(long... values) {
    for (long value : values) {
      out.write((int) value);
    }
    return this;
  }

  public Bytes u16(long value) {
    return u8(value, value >>> 8);
  }

  public Bytes u32(long value) {
    return u16(value).u16(value >>> 16);
  }

  public Bytes u64(long value) {
    return u32(value).u32(value >>> 32);
  }

  public Bytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public Bytes ascii(String text) {
    return raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Bytes utf16(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_16LE));
  }

  /** Zeros up to the size. */
  public Bytes padTo(int size) {
    if (out.size() > size) {
      throw new IllegalStateException("already " + out.size() + " bytes, beyond " + size);
    }
    return raw(new byte[size - out.size()]);
  }

  public int size() {
    return out.size();
  }

  public byte[] toArray() {
    return out.toByteArray();
  }
}
