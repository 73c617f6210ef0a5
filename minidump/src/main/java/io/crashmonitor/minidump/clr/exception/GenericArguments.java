package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Type arguments of a generic instance as {@code Type.ToString} prints them: {@code
 * Fault`1[Shop.Detail]}. Where one cannot be read, none is printed.
 */
public final class GenericArguments {
  private static final int HAS_COMPONENT_SIZE = 0x8000_0000;
  private static final int GENERICS_MASK = 0x30;
  private static final int MAX_ARGUMENTS = 16;
  private static final int MAX_DEPTH = 4;
  private static final int POINTER = 8;

  private final View view;
  private final Layout layout;
  private final LongFunction<String> definition;

  /**
   * Offsets in bytes.
   *
   * @param flags of the flags in a MethodTable
   * @param perInstInfo of the pointer to the dictionaries in a MethodTable
   * @param dictionaries of the number of dictionaries in what lies before them
   * @param arguments of the number of type arguments there
   */
  public record Layout(int flags, int perInstInfo, int dictionaries, int arguments) {}

  /**
   * @param definition name of the definition a MethodTable was made of
   */
  public GenericArguments(View view, Layout layout, LongFunction<String> definition) {
    this.view = view;
    this.layout = layout;
    this.definition = definition;
  }

  /** Name with type arguments; throws where even the definition's name cannot be read. */
  public String name(long methodTable) {
    return name(methodTable, 0);
  }

  private String name(long methodTable, int depth) {
    String name = definition.apply(methodTable);
    if (name.indexOf('`') < 0 || depth >= MAX_DEPTH) {
      return name;
    }
    try {
      List<String> arguments = arguments(methodTable, depth);
      return arguments.isEmpty() ? name : name + '[' + String.join(",", arguments) + ']';
    } catch (MinidumpException | ClrReadException unreadable) {
      return name;
    }
  }

  private List<String> arguments(long methodTable, int depth) {
    int flags = view.i32(methodTable + layout.flags());
    if ((flags & HAS_COMPONENT_SIZE) != 0 || (flags & GENERICS_MASK) == 0) {
      return List.of();
    }
    long instances = view.pointer(methodTable + layout.perInstInfo());
    int dictionaries = view.u16(instances - POINTER + layout.dictionaries());
    int count = view.u16(instances - POINTER + layout.arguments());
    if (dictionaries < 1 || dictionaries > 64 || count > MAX_ARGUMENTS) {
      return List.of();
    }
    long dictionary = view.pointer(instances + (long) POINTER * (dictionaries - 1));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long argument = view.pointer(dictionary + (long) POINTER * i);
      if ((argument & 2) != 0) {
        return List.of(); // a pointer or type variable: not described by a MethodTable
      }
      names.add(name(argument, depth + 1));
    }
    return names;
  }
}
