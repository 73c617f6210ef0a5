package io.crashmonitor.minidump.unwind;

import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.CpuContext;
import io.crashmonitor.minidump.reader.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The stack by the chain of frame pointers, and by search where the chain breaks: for x86, which
 * has no unwind tables.
 */
final class FramePointerWalk implements StackWalk {
  private static final int MOST_GUESSED = 64;

  private final Code code;
  private final Memory memory;
  private final StackSearch search;
  private final int pointerSize;

  FramePointerWalk(Code code) {
    this.code = code;
    this.memory = code.memory();
    this.search = new StackSearch(code);
    this.pointerSize = code.architecture().pointerSize();
  }

  private record Position(long ip, long sp, long fp, FrameSource source) {}

  @Override
  public List<RawFrame> walk(CpuContext context, int limit, long stackEnd) {
    List<RawFrame> frames = new ArrayList<>();
    Position at = new Position(context.ip(), context.sp(), context.fp(), FrameSource.CONTEXT);
    int guessed = 0;
    // A call of a null pointer stops at 0; a caller at 0 is the stack's end.
    while (frames.size() < limit && (at.ip() != 0 || frames.isEmpty())) {
      boolean exact = at.source() == FrameSource.CONTEXT;
      frames.add(new RawFrame(at.ip(), exact, at.source(), Optional.empty()));
      Optional<Position> caller = exact ? fromTop(at, context) : Optional.empty();
      if (at.source() == FrameSource.FRAME_POINTER && endsAt(at.fp())) {
        break;
      }
      Position from = at;
      caller = caller.or(() -> byFramePointer(from, stackEnd)).or(() -> bySearch(from, stackEnd));
      if (caller.isEmpty()
          || Long.compareUnsigned(caller.get().sp(), at.sp()) < 0
          || caller.get().source() == FrameSource.GUESSED && guessed++ == MOST_GUESSED) {
        break;
      }
      at = caller.get();
    }
    return frames;
  }

  /**
   * The chain's proper end, the thread's first frame: no saved frame pointer, nobody to return to.
   */
  private boolean endsAt(long frame) {
    return frame == 0
        || memory.readable(frame, 2L * pointerSize)
            && memory.pointer(frame, pointerSize) == 0
            && memory.pointer(frame + pointerSize, pointerSize) == 0;
  }

  /** A call of a bad pointer: the return address is on top of the stack (x86). */
  private Optional<Position> fromTop(Position at, CpuContext context) {
    if (context.architecture() != Architecture.X86
        || code.images().find(at.ip()).isPresent()
        || !memory.readable(at.sp(), 4)) {
      return Optional.empty();
    }
    long caller = memory.u32(at.sp());
    return code.looksLikeReturnAddress(caller)
        ? Optional.of(new Position(caller, at.sp() + 4, at.fp(), FrameSource.GUESSED))
        : Optional.empty();
  }

  private Optional<Position> byFramePointer(Position at, long stackEnd) {
    long frame = at.fp();
    if (Long.compareUnsigned(frame, at.sp()) < 0
        || (frame & (pointerSize - 1)) != 0
        || stackEnd != 0 && Long.compareUnsigned(frame, stackEnd) >= 0
        || !memory.readable(frame, 2L * pointerSize)) {
      return Optional.empty();
    }
    long next = memory.pointer(frame, pointerSize);
    long caller = memory.pointer(frame + pointerSize, pointerSize);
    if (!code.looksLikeReturnAddress(caller)) {
      return Optional.empty();
    }
    return Optional.of(
        new Position(caller, frame + 2L * pointerSize, next, FrameSource.FRAME_POINTER));
  }

  private Optional<Position> bySearch(Position at, long stackEnd) {
    long slot = search.next(at.sp(), stackEnd);
    if (slot == 0) {
      return Optional.empty();
    }
    long caller = memory.pointer(slot, pointerSize);
    // The callee may have saved the frame pointer in the slot below its return address.
    long saved = slot > at.sp() ? memory.pointer(slot - pointerSize, pointerSize) : at.fp();
    long fp = Long.compareUnsigned(saved, slot) > 0 ? saved : at.fp();
    return Optional.of(new Position(caller, slot + pointerSize, fp, FrameSource.GUESSED));
  }
}
