package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.json.JsonText;
import io.crashmonitor.minidump.clr.json.JsonValue;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a .NET runtime (9 and later) says of its own layout: the data descriptor it exports as
 * {@code DotNetRuntimeContractDescriptor} (dotnet/runtime
 * docs/design/datacontracts/contract-descriptor.md and data_descriptor.md). Offsets are in bytes.
 */
public final class Descriptor {
  /** Name of the export that leads to the descriptor. */
  public static final String EXPORT = "DotNetRuntimeContractDescriptor";

  // "DNCCDAC" and NUL, in this order in memory.
  private static final long MAGIC = 0x0043_4144_4343_4E44L;
  private static final int MAX_JSON = 1 << 18;
  private static final int MAX_POINTERS = 4096;

  private final Map<String, Integer> offsets;
  private final Map<String, Long> globals;
  private final Map<String, String> contracts;

  private Descriptor(
      Map<String, Integer> offsets, Map<String, Long> globals, Map<String, String> contracts) {
    this.offsets = Map.copyOf(offsets);
    this.globals = Map.copyOf(globals);
    this.contracts = Map.copyOf(contracts);
  }

  /**
   * Reads the descriptor of a 64-bit runtime.
   *
   * @param address what the export points to
   */
  public static Descriptor at(View view, long address) {
    if (view.i64(address) != MAGIC) {
      throw new ClrReadException("no contract descriptor", address);
    }
    if ((view.i32(address + 8) & 2) != 0) {
      throw new ClrReadException("contract descriptor of a 32-bit runtime", address + 8);
    }
    int size = view.i32(address + 12);
    if (size < 2 || size > MAX_JSON) {
      throw new ClrReadException("contract descriptor of " + size + " bytes", address + 12);
    }
    int count = view.i32(address + 24);
    if (count < 0 || count > MAX_POINTERS) {
      throw new ClrReadException("contract descriptor with " + count + " pointers", address + 24);
    }
    String json = new String(view.bytes(view.pointer(address + 16), size), StandardCharsets.UTF_8);
    byte[] table = view.bytes(view.pointer(address + 32), count * 8);
    JsonValue root =
        JsonText.parse(json)
            .orElseThrow(() -> new ClrReadException("contract descriptor is not JSON", address));
    return of(root, table);
  }

  private static Descriptor of(JsonValue root, byte[] pointers) {
    Map<String, Integer> offsets = new HashMap<>();
    root.member("types")
        .map(JsonValue::members)
        .orElse(Map.of())
        .forEach(
            (type, fields) ->
                fields
                    .members()
                    .forEach(
                        (field, value) ->
                            offset(value)
                                .ifPresent(offset -> offsets.put(type + '.' + field, offset))));
    Map<String, Long> globals = new HashMap<>();
    root.member("globals")
        .map(JsonValue::members)
        .orElse(Map.of())
        .forEach((name, value) -> global(value, pointers).ifPresent(v -> globals.put(name, v)));
    Map<String, String> contracts = new HashMap<>();
    root.member("contracts")
        .map(JsonValue::members)
        .orElse(Map.of())
        .forEach((name, value) -> value.text().ifPresent(v -> contracts.put(name, version(v))));
    return new Descriptor(offsets, globals, contracts);
  }

  /** An offset is a number, or an array of the number and the name of the field's type. */
  private static OptionalInt offset(JsonValue value) {
    JsonValue plain = value.items().isEmpty() ? value : value.items().get(0);
    Optional<Long> number = plain.integer().filter(n -> n >= 0 && n <= 1 << 20);
    return number.isPresent() ? OptionalInt.of(number.get().intValue()) : OptionalInt.empty();
  }

  /**
   * A global is a value or an array of value and type, where a value {@code [n]} stands for the
   * n-th pointer.
   */
  private static Optional<Long> global(JsonValue value, byte[] pointers) {
    List<JsonValue> items = value.items();
    if (items.size() == 2) {
      return global(items.get(0), pointers);
    }
    if (items.size() == 1) {
      return items
          .get(0)
          .integer()
          .filter(n -> n >= 0 && n < pointers.length / 8)
          .map(n -> word(pointers, n.intValue()));
    }
    return value.integer();
  }

  private static long word(byte[] table, int index) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = word << 8 | (table[index * 8 + i] & 0xFF);
    }
    return word;
  }

  /** Versions are numbers in .NET 9 and 10 and texts as "c1" later: both come out as "1". */
  private static String version(String text) {
    return text.startsWith("c") ? text.substring(1) : text;
  }

  /** Offset of a field; throws {@link ClrReadException} where the runtime does not say it. */
  public int offset(String type, String field) {
    Integer known = offsets.get(type + '.' + field);
    if (known == null) {
      throw new ClrReadException("the runtime's descriptor lacks " + type + '.' + field, 0);
    }
    return known;
  }

  /** Offset of a field that not every runtime has. */
  public OptionalInt optionalOffset(String type, String field) {
    Integer known = offsets.get(type + '.' + field);
    return known == null ? OptionalInt.empty() : OptionalInt.of(known);
  }

  /** Size of a type in bytes; throws where the runtime does not say it. */
  public int size(String type) {
    return offset(type, "!");
  }

  /** A global value, or the address of a variable; throws where the runtime does not say it. */
  public long global(String name) {
    Long known = globals.get(name);
    if (known == null) {
      throw new ClrReadException("the runtime's descriptor lacks the global " + name, 0);
    }
    return known;
  }

  /** A global that not every runtime has. */
  public OptionalLong optionalGlobal(String name) {
    Long known = globals.get(name);
    return known == null ? OptionalLong.empty() : OptionalLong.of(known);
  }

  /**
   * Version of a contract as a text without prefix, as "1"; empty where the runtime does not keep
   * it.
   */
  public Optional<String> contract(String name) {
    return Optional.ofNullable(contracts.get(name));
  }
}
