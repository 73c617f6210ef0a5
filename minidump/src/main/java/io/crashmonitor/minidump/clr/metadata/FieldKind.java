package io.crashmonitor.minidump.clr.metadata;

/**
 * How much room a field takes in an object and whether the collector follows it; the runtime lays
 * fields out by this.
 */
public enum FieldKind {
  REFERENCE(8),
  EIGHT_BYTES(8),
  FOUR_BYTES(4),
  TWO_BYTES(2),
  ONE_BYTE(1),
  /** A value type: its size is not known from the signature alone. */
  STRUCT(0);

  private final int size;

  FieldKind(int size) {
    this.size = size;
  }

  /** Bytes in an object of a 64-bit process; 0 where not known. */
  public int size() {
    return size;
  }
}
