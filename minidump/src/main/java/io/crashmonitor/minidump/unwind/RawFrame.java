package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.clr.ManagedCode;
import java.util.Optional;

/**
 * A frame of a walk, not yet named.
 *
 * @param ip instruction pointer; a return address unless {@code exact}
 * @param exact whether execution stopped at {@code ip}
 * @param source how it was found
 * @param managed what the managed runtime says of the address
 */
public record RawFrame(long ip, boolean exact, FrameSource source, Optional<ManagedCode> managed) {
  /** An address inside the instruction that was executing: the call for a return address. */
  public long pc() {
    return exact ? ip : ip - 1;
  }
}
