package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.pe.LoadedImage;
import io.crashmonitor.minidump.pe.RuntimeFunction;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The amd64 stack by unwind tables: of the images, as the dump holds them in memory, and of the
 * managed runtime for its code between them. Where there is no table it tries the frame pointer,
 * then searches the stack for a return address, and says so of the frames it finds that way.
 */
final class Amd64Walk implements StackWalk {
  private static final int MOST_GUESSED = 64;

  private final Code code;
  private final Memory memory;
  private final StackSearch search;

  Amd64Walk(Code code) {
    this.code = code;
    this.memory = code.memory();
    this.search = new StackSearch(code);
  }

  @Override
  public List<RawFrame> walk(CpuContext context, int limit, long stackEnd) {
    return new Walk(new Amd64Registers(context), stackEnd).frames(limit);
  }

  private final class Walk {
    private final Amd64Registers registers;
    private final long stackEnd;
    private final List<RawFrame> frames = new ArrayList<>();
    private boolean exact = true;
    private FrameSource source = FrameSource.CONTEXT;
    private int guessed;

    Walk(Amd64Registers registers, long stackEnd) {
      this.registers = registers;
      this.stackEnd = stackEnd;
    }

    List<RawFrame> frames(int limit) {
      // A call of a null pointer stops at 0; a caller at 0 is the stack's end.
      while (frames.size() < limit && (registers.ip != 0 || frames.isEmpty())) {
        RawFrame frame = frame();
        frames.add(frame);
        long before = registers.sp();
        if (!toCaller(frame) || Long.compareUnsigned(registers.sp(), before) <= 0) {
          break;
        }
      }
      return frames;
    }

    private RawFrame frame() {
      long pc = exact ? registers.ip : registers.ip - 1;
      Optional<ManagedCode> managed = code.managed(pc);
      boolean made = managed.isPresent() || code.dynamic().contains(pc);
      boolean jit = source == FrameSource.UNWIND && made && code.images().find(pc).isEmpty();
      FrameSource found = jit ? FrameSource.JIT : source;
      return new RawFrame(registers.ip, exact, found, managed);
    }

    private boolean toCaller(RawFrame frame) {
      Amd64Registers start = registers.copy();
      if (byTable(frame) && sound(frame, start)) {
        return true;
      }
      registers.set(start);
      return byFramePointer() || bySearch();
    }

    /** A frame that follows a guess must show a call before its return address. */
    private boolean sound(RawFrame callee, Amd64Registers before) {
      if (registers.ip == 0) {
        return true;
      }
      boolean rises = Long.compareUnsigned(registers.sp(), before.sp()) > 0;
      boolean doubtful =
          callee.source() == FrameSource.GUESSED || callee.source() == FrameSource.FRAME_POINTER;
      return rises && (!doubtful || code.looksLikeReturnAddress(registers.ip));
    }

    /** Unwinds by the tables of the image or of the managed runtime, if there are any. */
    private boolean byTable(RawFrame frame) {
      try {
        Optional<LoadedImage> image = code.images().find(frame.pc());
        Optional<RuntimeFunction> managed = frame.managed().flatMap(Amd64Walk::entry);
        if (managed.isPresent()) {
          return unwind(managed.get());
        }
        if (image.isEmpty()) {
          return frame.managed().isPresent() ? leaf() : outside(frame);
        }
        if (!image.get().hasFunctionTable()) {
          return false;
        }
        Optional<RuntimeFunction> function = image.get().function(frame.pc());
        return function.isPresent() ? unwind(function.get()) : leaf();
      } catch (MinidumpException e) {
        return false;
      }
    }

    private boolean unwind(RuntimeFunction function) {
      exact = UnwindInfo.unwind(memory, function, registers, exact);
      source = FrameSource.UNWIND;
      return true;
    }

    /** A function without an entry changes no register and no stack. */
    private boolean leaf() {
      registers.popReturnAddress(memory);
      exact = false;
      source = FrameSource.UNWIND;
      return registers.ip == 0 || code.known(registers.ip);
    }

    /**
     * In no image: code made at run time that the dump lists, or no code at all. Such lists may be
     * old or incomplete, so what they lead to has to be code, and no entry does not mean a leaf.
     */
    private boolean outside(RawFrame frame) {
      if (!code.dynamic().contains(frame.pc())) {
        return badCall(frame);
      }
      Optional<RuntimeFunction> function = code.dynamic().find(frame.pc());
      return function.isPresent()
          && unwind(function.get())
          && (registers.ip == 0 || code.looksLikeReturnAddress(registers.ip));
    }

    /** A call of a bad pointer: nothing ran there, the return address is on top of the stack. */
    private boolean badCall(RawFrame frame) {
      return frame.exact() && leaf() && code.looksLikeReturnAddress(registers.ip);
    }

    private boolean byFramePointer() {
      long frame = registers.r[Amd64Registers.RBP];
      if (Long.compareUnsigned(frame, registers.sp()) < 0
          || (frame & 7) != 0
          || stackEnd != 0 && Long.compareUnsigned(frame, stackEnd) >= 0
          || !memory.readable(frame, 16)) {
        return false;
      }
      long caller = memory.u64(frame + 8);
      long next = memory.u64(frame);
      if (!code.looksLikeReturnAddress(caller) || Long.compareUnsigned(next, frame) <= 0) {
        return false;
      }
      registers.ip = caller;
      registers.r[Amd64Registers.RBP] = next;
      registers.sp(frame + 16);
      exact = false;
      source = FrameSource.FRAME_POINTER;
      return true;
    }

    private boolean bySearch() {
      if (guessed++ == MOST_GUESSED) {
        return false;
      }
      long slot = search.next(registers.sp(), stackEnd);
      if (slot == 0) {
        return false;
      }
      registers.ip = memory.u64(slot);
      registers.sp(slot + 8);
      exact = false;
      source = FrameSource.GUESSED;
      return true;
    }
  }

  private static Optional<RuntimeFunction> entry(ManagedCode managed) {
    return managed
        .unwind()
        .map(
            unwind ->
                new RuntimeFunction(
                    unwind.imageBase(), unwind.begin(), unwind.end(), unwind.unwindInfo()));
  }
}
