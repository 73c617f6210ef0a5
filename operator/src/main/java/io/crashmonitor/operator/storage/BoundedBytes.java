package io.crashmonitor.operator.storage;

import java.io.ByteArrayOutputStream;

/** Refuses what is longer than it may be, before it is in memory. */
final class BoundedBytes extends ByteArrayOutputStream {
  private final String blob;
  private final int limit;

  BoundedBytes(String blob, int limit) {
    this.blob = blob;
    this.limit = limit;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (count + length > limit) {
      throw new StorageFaultException(
          new StorageFault.Unreachable(blob + " is longer than " + limit + " bytes"));
    }
    super.write(bytes, offset, length);
  }
}
