package io.crashmonitor.minidump.reader;

/** Memory whose numbers are read through {@link #read}: for sources that are seldom asked. */
public abstract class CopyingMemory implements Memory {
  private final byte[] scratch = new byte[8];

  private long number(long address, int length) {
    read(address, scratch, 0, length);
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | scratch[i] & 0xFF;
    }
    return value;
  }

  @Override
  public int u8(long address) {
    return (int) number(address, 1);
  }

  @Override
  public int u16(long address) {
    return (int) number(address, 2);
  }

  @Override
  public int i32(long address) {
    return (int) number(address, 4);
  }

  @Override
  public long u64(long address) {
    return number(address, 8);
  }
}
