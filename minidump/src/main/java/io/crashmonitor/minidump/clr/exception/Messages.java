package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Completes the message an exception stores by what its type's {@code Message} property adds when
 * it is printed (dotnet/runtime ArgumentException.cs): only where the addition is known to hold.
 */
final class Messages {
  private static final String ARGUMENT = "System.ArgumentException";

  private final TypeSystem types;
  private final LongFunction<String> text;

  Messages(TypeSystem types, LongFunction<String> text) {
    this.types = types;
    this.text = text;
  }

  String complete(String own, long object) {
    return parameter(object).map(name -> own + " (Parameter '" + name + "')").orElse(own);
  }

  private Optional<String> parameter(long object) {
    try {
      return types
          .referenceField(object, ARGUMENT, "_paramName")
          .map(text::apply)
          .filter(name -> !name.isEmpty());
    } catch (MinidumpException | ClrReadException unreadable) {
      return Optional.empty();
    }
  }
}
