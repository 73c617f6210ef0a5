package io.crashmonitor.minidump.clr.heuristic;

import io.crashmonitor.minidump.clr.exception.ExceptionLayout;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the exception a thread died of in what lies on its stack: a value there, or what it points
 * to, is an exception object when its type's chain of parents ends, by the names in metadata, in
 * System.Exception and System.Object.
 */
final class ExceptionScan {
  private static final long NEAR = 32 * 1024;
  private static final long MAX_STACK = 512 * 1024;
  private static final long BELOW = 64 * 1024;
  private static final long PAGE = 4096;
  private static final int MAX_FOUND = 64;

  private final View view;
  private final HeuristicTypes types;

  ExceptionScan(View view, HeuristicTypes types) {
    this.view = view;
    this.types = types;
  }

  /**
   * The exception object that can have been raised and which no other one found has as its inner
   * exception; the one nearest to the top of the stack where there are several.
   *
   * @param stackPointer of the thread
   * @param raised what the operating system saw
   */
  Optional<Long> find(long stackPointer, Raised raised) {
    // What the CLR raises itself lies above the stack pointer. After a fault of managed code the
    // CLR made its exception
    // in calls that have returned: what they left lies below.
    long start = stackPointer & ~7L;
    long first = raised.code() == Raised.MANAGED_EXCEPTION ? start : lowest(start);
    Optional<Long> near = among(scan(first, start + NEAR), raised);
    return near.isPresent() ? near : among(scan(start + NEAR, start + MAX_STACK), raised);
  }

  /**
   * Lowest address of the stack's memory, as far below as calls that have returned may have left
   * something.
   */
  private long lowest(long start) {
    long page = start & ~(PAGE - 1);
    while (start - page < BELOW && view.has(page - PAGE, 1)) {
      page -= PAGE;
    }
    return page;
  }

  private Optional<Long> among(List<Long> found, Raised raised) {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ExceptionLayout layout = layout();
    Set<Long> inner = new HashSet<>();
    List<Long> matching = new ArrayList<>();
    for (long object : found) {
      try {
        inner.add(view.pointer(object + layout.inner()));
        int xcode = view.i32(object + types.exceptionField("_xcode"));
        if (raised.isOf(xcode, view.i32(object + layout.hresult()))) {
          matching.add(object);
        }
      } catch (MinidumpException cut) {
        continue; // an object at the edge of the dump's memory
      }
    }
    return matching.stream().filter(object -> !inner.contains(object)).findFirst();
  }

  private List<Long> scan(long first, long last) {
    Set<Long> found = new LinkedHashSet<>();
    Set<Long> tried = new HashSet<>();
    long end = first + view.memory().available(first, last - first) - 7;
    for (long slot = first; Long.compareUnsigned(slot, end) < 0; slot += 8) {
      long value = view.pointer(slot);
      if (!isAddress(value) || !tried.add(value)) {
        continue;
      }
      if (isException(value)) {
        found.add(value);
      } else if (view.has(value, 8)) {
        long behind = view.pointer(value);
        if (isAddress(behind) && isException(behind)) {
          found.add(behind);
        }
      }
      if (found.size() >= MAX_FOUND) {
        break;
      }
    }
    return List.copyOf(found);
  }

  private static boolean isAddress(long value) {
    return (value & 7) == 0 && value > 0xFFFF && value < 1L << 47;
  }

  private boolean isException(long object) {
    return view.has(object, 8) && types.isException(types.typeOf(object));
  }

  /** Layout of exception objects, once an exception has been found. */
  ExceptionLayout layout() {
    if (!types.isExceptionKnown()) {
      throw new ClrReadException("System.Exception has not been found", 0);
    }
    return new ExceptionLayout(
        types.exceptionField("_message"),
        types.exceptionField("_innerException"),
        types.exceptionField("_stackTrace"),
        types.exceptionField("_HResult"),
        8,
        12,
        8,
        16,
        ExceptionLayout.StackLayout.CLASSIC);
  }
}
