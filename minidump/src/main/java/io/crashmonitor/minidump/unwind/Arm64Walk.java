package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.pe.LoadedImage;
import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arm64 stack by unwind tables where the dump holds them, else by the chain of frame pointers
 * that the platform's rules ask for, else by search.
 */
final class Arm64Walk implements StackWalk {
  private static final int MOST_GUESSED = 64;

  private final Code code;
  private final Memory memory;
  private final StackSearch search;

  Arm64Walk(Code code) {
    this.code = code;
    this.memory = code.memory();
    this.search = new StackSearch(code);
  }

  @Override
  public List<RawFrame> walk(CpuContext context, int limit, long stackEnd) {
    return new Walk(new Arm64Registers(context), stackEnd).frames(limit);
  }

  private final class Walk {
    private final Arm64Registers registers;
    private final long stackEnd;
    private boolean exact = true;
    private FrameSource source = FrameSource.CONTEXT;
    private int guessed;

    Walk(Arm64Registers registers, long stackEnd) {
      this.registers = registers;
      this.stackEnd = stackEnd;
    }

    List<RawFrame> frames(int limit) {
      List<RawFrame> frames = new ArrayList<>();
      // A call of a null pointer stops at 0; a caller at 0 is the stack's end.
      while (frames.size() < limit && (registers.pc != 0 || frames.isEmpty())) {
        RawFrame frame = new RawFrame(registers.pc, exact, source, Optional.empty());
        frames.add(frame);
        if (!toCaller(frame)) {
          break;
        }
      }
      return frames;
    }

    private boolean toCaller(RawFrame frame) {
      Arm64Registers start = registers.copy();
      if (byTable(frame) && sound(frame, start)) {
        return true;
      }
      registers.set(start);
      if (source == FrameSource.FRAME_POINTER && endsAt(registers.x[Arm64Registers.FP])) {
        return false;
      }
      return byFramePointer() || bySearch();
    }

    private boolean sound(RawFrame callee, Arm64Registers before) {
      int rises = Long.compareUnsigned(registers.sp, before.sp);
      // Only a leaf that execution stopped in leaves the stack where it was.
      boolean moves = rises > 0 || rises == 0 && callee.exact();
      boolean doubtful =
          callee.source() == FrameSource.GUESSED || callee.source() == FrameSource.FRAME_POINTER;
      return moves && (registers.pc == 0 || !doubtful || code.looksLikeReturnAddress(registers.pc));
    }

    private boolean byTable(RawFrame frame) {
      try {
        Optional<LoadedImage> image = code.images().find(frame.pc());
        if (image.isEmpty()) {
          return frame.exact() && leaf();
        }
        if (!image.get().hasFunctionTable()) {
          return false;
        }
        Optional<RuntimeFunction> function = image.get().function(frame.pc());
        if (function.isEmpty()) {
          return frame.exact() && leaf();
        }
        exact = Arm64UnwindInfo.unwind(memory, function.get(), registers, frame.exact());
        source = FrameSource.UNWIND;
        return true;
      } catch (MinidumpException e) {
        return false;
      }
    }

    /** A function without an entry, or a call of a bad pointer: the caller is in lr. */
    private boolean leaf() {
      registers.pc = registers.x[Arm64Registers.LR];
      exact = false;
      source = FrameSource.UNWIND;
      return code.looksLikeReturnAddress(registers.pc);
    }

    /** The chain's proper end: no saved frame pointer, nobody to return to. */
    private boolean endsAt(long frame) {
      return frame == 0
          || memory.readable(frame, 16) && memory.u64(frame) == 0 && memory.u64(frame + 8) == 0;
    }

    private boolean byFramePointer() {
      long frame = registers.x[Arm64Registers.FP];
      if (Long.compareUnsigned(frame, registers.sp) < 0
          || (frame & 7) != 0
          || stackEnd != 0 && Long.compareUnsigned(frame, stackEnd) >= 0
          || !memory.readable(frame, 16)) {
        return false;
      }
      long caller = memory.u64(frame + 8) & 0x0000_FFFF_FFFF_FFFFL;
      return code.looksLikeReturnAddress(caller)
          && found(caller, frame + 16, memory.u64(frame), FrameSource.FRAME_POINTER);
    }

    private boolean bySearch() {
      long slot = guessed++ == MOST_GUESSED ? 0 : search.next(registers.sp, stackEnd);
      if (slot == 0) {
        return false;
      }
      // fp and lr are saved side by side.
      long saved = slot > registers.sp ? memory.u64(slot - 8) : 0;
      long fp = Long.compareUnsigned(saved, slot) > 0 ? saved : registers.x[Arm64Registers.FP];
      return found(memory.u64(slot), slot + 8, fp, FrameSource.GUESSED);
    }

    private boolean found(long pc, long sp, long fp, FrameSource how) {
      registers.pc = pc;
      registers.sp = sp;
      registers.x[Arm64Registers.FP] = fp;
      exact = false;
      source = how;
      return true;
    }
  }
}
