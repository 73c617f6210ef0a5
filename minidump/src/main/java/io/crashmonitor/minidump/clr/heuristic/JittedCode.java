package io.crashmonitor.minidump.clr.heuristic;

import io.crashmonitor.minidump.clr.ManagedCode;
import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;

/**
 * Finds the jitted method around an address without the runtime's map of its code: before the first
 * instruction lies a pointer to a header with the method and its unwind data. A header is believed
 * when its unwind data covers the address, all of it starts where the method starts, and metadata
 * has a name for the method.
 */
final class JittedCode {
  private static final int ALIGNMENT = 16;
  private static final int MAX_BACK = 64 * 1024;
  private static final int POINTER = 8;
  private static final int METHOD_DESC = 24;
  private static final int UNWIND_COUNT = 32;
  private static final int UNWIND_INFOS = 36;
  private static final int MAX_UNWIND_INFOS = 64;
  private static final int RUNTIME_FUNCTION = 12;

  private final View view;
  private final HeuristicTypes types;

  JittedCode(View view, HeuristicTypes types) {
    this.view = view;
    this.types = types;
  }

  /** The method whose code holds the address; empty where none is found. */
  Optional<ManagedCode> find(long ip) {
    long last = ip & -ALIGNMENT;
    for (long start = last; last - start <= MAX_BACK; start -= ALIGNMENT) {
      if (!view.has(start - POINTER, POINTER)) {
        return Optional.empty(); // code heaps are whole in a dump: here one begins
      }
      long header = view.pointer(start - POINTER);
      if ((header & 7) == 0
          && header > 0xFFFF
          && view.has(header, UNWIND_INFOS + RUNTIME_FUNCTION)) {
        Optional<ManagedCode> code = code(ip, start, header);
        if (code.isPresent()) {
          return code;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<ManagedCode> code(long ip, long start, long header) {
    try {
      Optional<ManagedCode.Unwind> unwind = unwind(ip, start, header);
      if (unwind.isEmpty()) {
        return Optional.empty();
      }
      ManagedMethod method = types.method(view.pointer(header + METHOD_DESC));
      return Optional.of(
          new ManagedCode(method.name(), method.assembly(), ip - start, method.hidden(), unwind));
    } catch (MinidumpException | ClrReadException noHeader) {
      return Optional.empty();
    }
  }

  /**
   * The addresses in unwind data are relative to a base that is not known: the first function
   * starts at the method.
   */
  private Optional<ManagedCode.Unwind> unwind(long ip, long start, long header) {
    int count = view.i32(header + UNWIND_COUNT);
    if (count < 1 || count > MAX_UNWIND_INFOS) {
      return Optional.empty();
    }
    long base = start - view.u32(header + UNWIND_INFOS);
    for (int i = 0; i < count; i++) {
      long at = header + UNWIND_INFOS + (long) i * RUNTIME_FUNCTION;
      long begin = view.u32(at);
      long end = view.u32(at + 4);
      if (end <= begin || end - begin > MAX_BACK) {
        return Optional.empty();
      }
      if (ip - base >= begin && ip - base < end) {
        return Optional.of(new ManagedCode.Unwind(base, begin, end, view.u32(at + 8)));
      }
    }
    return Optional.empty();
  }
}
