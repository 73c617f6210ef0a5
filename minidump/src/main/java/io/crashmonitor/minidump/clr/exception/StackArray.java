package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the array in which an exception keeps its stack trace. */
final class StackArray {
  /**
   * Of a longer trace, the frames next to the throw and the frames where the thread began are kept.
   */
  private static final int FIRST = 448;

  private static final int LAST = 64;

  private final View view;
  private final TypeSystem types;
  private final ExceptionLayout layout;

  StackArray(View view, TypeSystem types, ExceptionLayout layout) {
    this.view = view;
    this.types = types;
    this.layout = layout;
  }

  /**
   * A stack trace.
   *
   * @param shown frames that the runtime would print
   * @param total frames in the array
   */
  record Trace(List<StackEntry> shown, int total) {}

  Trace read(long reference, Consumer<String> lost) {
    if (reference == 0) {
      return new Trace(List.of(), 0);
    }
    long array = reference;
    if (types.isObjectArray(types.typeOf(reference))) {
      // Since .NET 9 an Object[]: the stack array first, then what keeps its methods alive.
      if (view.i32(reference + layout.arrayLength()) < 1) {
        throw new ClrReadException("empty array for a stack trace", reference);
      }
      array = view.pointer(reference + layout.arrayData());
    }
    ExceptionLayout.StackLayout stack = layout.stack();
    long bytes = view.u32(array + layout.arrayLength());
    long data = array + layout.arrayData();
    long count = view.u32(data + stack.count());
    if (count > (bytes - stack.header()) / stack.element()) {
      throw new ClrReadException(count + " frames do not fit into the stack array", array);
    }
    return elements(data + stack.header(), (int) count, lost);
  }

  private Trace elements(long first, int count, Consumer<String> lost) {
    List<StackEntry> shown = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i == FIRST && count > FIRST + LAST) {
        lost.accept("stack trace of " + count + " frames: " + (count - FIRST - LAST) + " left out");
        i = count - LAST;
      }
      boolean last = i == count - 1;
      element(first + (long) i * layout.stack().element(), last).ifPresent(shown::add);
    }
    return new Trace(List.copyOf(shown), count);
  }

  private Optional<StackEntry> element(long at, boolean last) {
    ExceptionLayout.StackLayout stack = layout.stack();
    long ip = view.pointer(at + stack.ip());
    boolean foreign = (view.i32(at + stack.flags()) & 1) != 0;
    Optional<ManagedMethod> method = method(view.pointer(at + stack.methodDesc()));
    // As StackTrace.ToString does: the last frame is always shown, and no boundary is drawn after
    // an async method.
    if (!last && method.filter(ManagedMethod::hidden).isPresent()) {
      return Optional.empty();
    }
    boolean async = method.filter(ManagedMethod::async).isPresent();
    return Optional.of(new StackEntry(ip, method, foreign && !async));
  }

  private Optional<ManagedMethod> method(long methodDesc) {
    try {
      return Optional.of(types.method(methodDesc));
    } catch (MinidumpException | ClrReadException unreadable) {
      return Optional.empty();
    }
  }
}
