package io.crashmonitor.minidump.clr.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a JSON text that a runtime left in its memory. */
public sealed interface JsonValue {
  /** An object; a name that comes twice keeps its last value. */
  record Members(Map<String, JsonValue> values) implements JsonValue {
    public Members {
      values = Map.copyOf(values);
    }
  }

  /** An array. */
  record Items(List<JsonValue> values) implements JsonValue {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** A string, a number, true, false or null, as its text. */
  record Scalar(String raw, boolean quoted) implements JsonValue {}

  /** The member of that name, where this is an object that has it. */
  default Optional<JsonValue> member(String name) {
    return this instanceof Members members
        ? Optional.ofNullable(members.values().get(name))
        : Optional.empty();
  }

  /** The items, or an empty list where this is no array. */
  default List<JsonValue> items() {
    return this instanceof Items items ? items.values() : List.of();
  }

  /** The members, or an empty map where this is no object. */
  default Map<String, JsonValue> members() {
    return this instanceof Members members ? members.values() : Map.of();
  }

  /** The text of a string, where this is one. */
  default Optional<String> string() {
    return this instanceof Scalar scalar && scalar.quoted()
        ? Optional.of(scalar.raw())
        : Optional.empty();
  }

  /** The text of a string, a number or a literal. */
  default Optional<String> text() {
    return this instanceof Scalar scalar ? Optional.of(scalar.raw()) : Optional.empty();
  }

  /**
   * A whole number, given as a number or as a string, decimal or with the prefix 0x; 64 bits,
   * unsigned or signed.
   */
  default Optional<Long> integer() {
    return text().flatMap(JsonValue::parse);
  }

  private static Optional<Long> parse(String text) {
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Optional.of(Long.parseUnsignedLong(text.substring(2), 16));
      }
      return Optional.of(
          text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text));
    } catch (NumberFormatException notWhole) {
      return Optional.empty();
    }
  }
}
