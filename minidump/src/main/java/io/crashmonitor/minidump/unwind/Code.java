package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.ManagedRuntime;
import io.crashmonitor.minidump.pe.DynamicFunctions;
import io.crashmonitor.minidump.pe.Images;
import io.crashmonitor.minidump.pe.LoadedImage;
import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.Memory;
import java.util.Optional;

/**
 * What is known about the code of a process: its memory, its images and its managed runtime.
 *
 * @param architecture of the process
 * @param memory of the process
 * @param images by address
 * @param runtime if there is one
 * @param dynamic code made at run time that the dump lists with its unwind entries
 */
public record Code(
    Architecture architecture,
    Memory memory,
    Images images,
    Optional<ManagedRuntime> runtime,
    DynamicFunctions dynamic) {
  /** The managed code at an address: outside all images, or in an image that is an assembly. */
  Optional<ManagedCode> managed(long pc) {
    if (runtime.isEmpty()) {
      return Optional.empty();
    }
    Optional<LoadedImage> image = images.find(pc);
    return image.isEmpty() || image.get().managed() ? runtime.get().resolve(pc) : Optional.empty();
  }

  /** Whether the value may be a return address: in code, behind a call where that can be seen. */
  boolean looksLikeReturnAddress(long value) {
    Optional<LoadedImage> image = images.find(value - 1);
    if (image.isPresent()) {
      return image.get().mayExecute(value - 1) && behindCall(value);
    }
    return made(value - 1);
  }

  /** Whether the address is in an image or in code that was made at run time. */
  boolean known(long ip) {
    return images.find(ip).isPresent() || made(ip - 1);
  }

  /** Whether the address, which is in no image, is in code that the runtime or the dump knows. */
  private boolean made(long pc) {
    return dynamic.contains(pc) || runtime.isPresent() && runtime.get().resolve(pc).isPresent();
  }

  /**
   * Whether a call instruction of x86 or amd64 ends before the address: E8 rel32, or FF /2 with its
   * addressing forms. Unknown counts as yes: small dumps hold no code.
   */
  private boolean behindCall(long address) {
    if (architecture == Architecture.ARM64) {
      return behindBranchWithLink(address);
    }
    if (!memory.readable(address - 7, 7)) {
      return true;
    }
    byte[] code = memory.bytes(address - 7, 7);
    if ((code[2] & 0xFF) == 0xE8) {
      return true;
    }
    for (int length = 2; length <= 7; length++) {
      int at = 7 - length;
      if ((code[at] & 0xFF) == 0xFF && isCall(code[at + 1] & 0xFF, at, code, length)) {
        return true;
      }
    }
    return false;
  }

  /** BL, BLR and the authenticated forms of BLR. */
  private boolean behindBranchWithLink(long address) {
    if (!memory.readable(address - 4, 4)) {
      return true;
    }
    int instruction = memory.i32(address - 4);
    return (address & 3) == 0
        && ((instruction & 0xFC00_0000) == 0x9400_0000
            || (instruction & 0xFEFF_F000) == 0xD63F_0000);
  }

  private static boolean isCall(int modRm, int at, byte[] code, int length) {
    if ((modRm & 0x38) != 0x10) {
      return false;
    }
    int mod = modRm >>> 6;
    int rm = modRm & 7;
    if (mod == 3) {
      return length == 2;
    }
    boolean sib = rm == 4;
    boolean absolute = mod == 0 && (rm == 5 || sib && length > 2 && (code[at + 2] & 7) == 5);
    int displacement = mod == 1 ? 1 : mod == 2 || absolute ? 4 : 0;
    return length == 2 + (sib ? 1 : 0) + displacement;
  }
}
