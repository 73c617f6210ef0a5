package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Follows an exception object through its inner exceptions. Chains are cut at 32 exceptions and
 * where they come back to themselves, stack traces at 512 frames, messages at 16 384 characters.
 */
public final class ExceptionReader {
  private static final int MAX_CHAIN = 32;

  private final View view;
  private final TypeSystem types;
  private final ExceptionLayout layout;
  private final StackArray stacks;
  private final Messages messages;

  public ExceptionReader(View view, TypeSystem types, ExceptionLayout layout) {
    this.view = view;
    this.types = types;
    this.layout = layout;
    this.stacks = new StackArray(view, types, layout);
    this.messages = new Messages(view, types, layout);
  }

  /**
   * The exception and its inner ones, outermost first; what could not be read is told to {@code
   * lost}.
   *
   * @param object address of the outermost exception object
   */
  public List<ExceptionObject> chain(long object, Consumer<String> lost) {
    List<ExceptionObject> chain = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    long next = object;
    while (next != 0) {
      if (!seen.add(next)) {
        lost.accept("the chain of inner exceptions comes back to itself");
        return chain;
      }
      if (chain.size() == MAX_CHAIN) {
        lost.accept("more than " + MAX_CHAIN + " inner exceptions");
        return chain;
      }
      try {
        chain.add(read(next, lost));
        next = view.pointer(next + layout.inner());
      } catch (MinidumpException | ClrReadException unreadable) {
        lost.accept("exception at 0x" + Long.toHexString(next) + ": " + unreadable.getMessage());
        return chain;
      }
    }
    return chain;
  }

  private ExceptionObject read(long object, Consumer<String> lost) {
    long type = types.typeOf(object);
    if (!types.isException(type)) {
      throw new ClrReadException("no exception object", object);
    }
    String name = types.instanceName(type);
    StackArray.Trace trace = trace(object, lost);
    return new ExceptionObject(
        object,
        name,
        message(object, lost),
        view.i32(object + layout.hresult()),
        trace.shown(),
        trace.total());
  }

  private StackArray.Trace trace(long object, Consumer<String> lost) {
    try {
      return stacks.read(view.pointer(object + layout.stackTrace()), lost);
    } catch (MinidumpException | ClrReadException unreadable) {
      lost.accept("stack trace: " + unreadable.getMessage());
      return new StackArray.Trace(List.of(), 0);
    }
  }

  private Optional<String> message(long object, Consumer<String> lost) {
    try {
      return Optional.of(messages.of(object));
    } catch (MinidumpException | ClrReadException unreadable) {
      lost.accept("message: " + unreadable.getMessage());
      return Optional.empty();
    }
  }
}
