package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;

/**
 * An exception's message as the program prints it: what is stored in the object, completed by what
 * its type's {@code Message} property adds where that is known (dotnet/runtime
 * ArgumentException.cs, AggregateException.cs); a type with a {@code Message} of its own is left as
 * stored.
 */
final class Messages {
  private static final int MAX_MESSAGE = 16 * 1024;
  private static final int MAX_INNER = 16;
  private static final int MAX_DEPTH = 4;
  private static final String ARGUMENT = "System.ArgumentException";
  private static final String RANGE = "System.ArgumentOutOfRangeException";
  private static final String AGGREGATE = "System.AggregateException";
  private static final String READ_ONLY = "System.Collections.ObjectModel.ReadOnlyCollection`1";

  private final View view;
  private final TypeSystem types;
  private final ExceptionLayout layout;
  private final ObjectFields fields;

  Messages(View view, TypeSystem types, ExceptionLayout layout) {
    this.view = view;
    this.types = types;
    this.layout = layout;
    this.fields = new ObjectFields(view, types);
  }

  /** The message; throws where not even the stored one can be read. */
  String of(long exception) {
    return of(exception, 0);
  }

  private String of(long exception, int depth) {
    String stored = stored(exception);
    try {
      String added =
          switch (fields.definingType(exception, "get_Message")) {
            case ARGUMENT -> parameter(exception);
            case RANGE -> parameter(exception) + actualValue(exception);
            case AGGREGATE -> inner(exception, depth);
            default -> "";
          };
      return cut(stored + added);
    } catch (MinidumpException | ClrReadException unknown) {
      return stored;
    }
  }

  private String stored(long exception) {
    long string = view.pointer(exception + layout.message());
    return string == 0
        ? "Exception of type '" + types.instanceName(types.typeOf(exception)) + "' was thrown."
        : text(string);
  }

  private String parameter(long exception) {
    return fields
        .reference(exception, ARGUMENT, "_paramName")
        .map(this::text)
        .filter(name -> !name.isEmpty())
        .map(name -> " (Parameter '" + name + "')")
        .orElse("");
  }

  private String actualValue(long exception) {
    return fields
        .reference(exception, RANGE, "_actualValue")
        .filter(value -> types.isString(types.typeOf(value)))
        .map(value -> "\nActual value was " + text(value) + ".")
        .orElse("");
  }

  /**
   * " (first) (second)": since .NET 6 the inner exceptions are an array, before a read-only
   * collection around one.
   */
  private String inner(long exception, int depth) {
    Optional<Long> held =
        fields
            .reference(exception, AGGREGATE, "_innerExceptions")
            .or(() -> fields.reference(exception, AGGREGATE, "m_innerExceptions"));
    if (held.isEmpty() || depth >= MAX_DEPTH) {
      return "";
    }
    StringBuilder added = new StringBuilder();
    long array = array(held.get());
    long count = Math.min(view.u32(array + layout.arrayLength()), MAX_INNER);
    for (int i = 0; i < count && added.length() < MAX_MESSAGE; i++) {
      long each = view.pointer(array + layout.arrayData() + 8L * i);
      if (!types.isException(types.typeOf(each))) {
        return "";
      }
      added.append(" (").append(of(each, depth + 1)).append(')');
    }
    return added.toString();
  }

  private long array(long held) {
    long type = types.typeOf(held);
    boolean collection = types.baseSize(type) >= 24 && isReadOnlyCollection(type);
    return collection ? view.pointer(held + 8) : held;
  }

  private boolean isReadOnlyCollection(long type) {
    try {
      return types.typeName(type).equals(READ_ONLY);
    } catch (MinidumpException | ClrReadException array) {
      return false; // arrays have no definition of their own
    }
  }

  /** Text of a string object; throws where it is none. */
  private String text(long string) {
    if (!types.isString(types.typeOf(string))) {
      throw new ClrReadException("no string object", string);
    }
    int length = view.i32(string + layout.stringLength());
    if (length < 0) {
      throw new ClrReadException("string of negative length", string);
    }
    return view.utf16(string + layout.stringChars(), length, MAX_MESSAGE);
  }

  private static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
  }
}
