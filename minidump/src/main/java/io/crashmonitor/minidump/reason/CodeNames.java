package io.crashmonitor.minidump.reason;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Names and words of exception codes, NTSTATUS and HRESULT values, and fast-fail codes. */
public final class CodeNames {
  private static final Map<String, List<String>> TABLES = new ConcurrentHashMap<>();

  private CodeNames() {}

  /**
   * A code's name.
   *
   * @param name symbolic, without the prefix STATUS_: {@code ACCESS_VIOLATION}
   * @param words for a person: {@code Access violation}
   */
  public record Name(String name, String words) {}

  /** The name of an exception code, an NTSTATUS or an HRESULT, if it is known. */
  public static Optional<Name> of(int code) {
    return line("codes.txt", String.format(Locale.ROOT, "%08X ", code))
        .map(
            rest -> {
              int space = rest.indexOf(' ');
              return new Name(rest.substring(0, space), rest.substring(space + 1));
            });
  }

  /** The name of a fast-fail code without its prefix FAST_FAIL_: {@code FATAL_APP_EXIT}. */
  public static Optional<String> fastFail(long code) {
    return line("fastfail.txt", code + " ");
  }

  /** As people write codes: {@code 0xC0000005}. */
  public static String hex(int code) {
    return String.format(Locale.ROOT, "0x%08X", code);
  }

  /** What follows the key in the table's line that begins with it. */
  private static Optional<String> line(String table, String key) {
    return TABLES.computeIfAbsent(table, CodeNames::read).stream()
        .filter(line -> line.startsWith(key))
        .findFirst()
        .map(line -> line.substring(key.length()));
  }

  private static List<String> read(String table) {
    try (InputStream in = CodeNames.class.getResourceAsStream(table)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
