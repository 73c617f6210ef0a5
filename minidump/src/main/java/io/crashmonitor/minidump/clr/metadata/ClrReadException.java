package io.crashmonitor.minidump.clr.metadata;

/**
 * Something of the runtime's data could not be read: memory the dump does not hold, or bytes that
 * cannot be what they are said to be. It never leaves the managed part of the analysis: whoever
 * asks for a fact turns it into "not available".
 */
public final class ClrReadException extends RuntimeException {
  private final long address;

  /**
   * @param what what was being read and why it failed, in words
   * @param address where in the crashed process
   */
  public ClrReadException(String what, long address) {
    // Hostile dumps throw many of these: no stack trace, no suppression, cheap to make.
    super(what + " at 0x" + Long.toHexString(address), null, false, false);
    this.address = address;
  }

  public long address() {
    return address;
  }
}
