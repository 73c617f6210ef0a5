package io.crashmonitor.minidump.reason;

import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What Visual C++ threw: E06D7363 carries the object and its ThrowInfo, which names the types it
 * can be caught as, the object's own first. For a {@code std::exception} the text is read too.
 *
 * <p>Source: ehdata.h of the Visual C++ runtime: parameters are {magic, object, ThrowInfo, image
 * base}; on 32 bits there is no base and what are RVAs here are addresses.
 */
final class CppException {
  private static final int LONGEST = 256;
  private static final int MOST_TYPES = 16;

  private CppException() {}

  static String words(List<Long> parameters, Memory memory) {
    if (parameters.size() < 3) {
      return "C++ exception";
    }
    try {
      return "C++ exception " + thrown(parameters, memory);
    } catch (MinidumpException e) {
      return "C++ exception";
    }
  }

  private static String thrown(List<Long> parameters, Memory memory) {
    long base = parameters.size() > 3 ? parameters.get(3) : 0;
    int pointer = parameters.size() > 3 ? 8 : 4;
    long object = parameters.get(1);
    long types = base + memory.u32(parameters.get(2) + 12);
    long count = Math.min(memory.u32(types), MOST_TYPES);
    String first = "";
    boolean standard = false;
    for (int i = 0; i < count; i++) {
      long type = base + memory.u32(types + 4 + 4L * i);
      long descriptor = base + memory.u32(type + 4);
      String decorated = text(memory, descriptor + 2L * pointer);
      first = first.isEmpty() ? readable(decorated) : first;
      standard |= decorated.equals(".?AVexception@std@@");
    }
    return first + (standard ? what(memory, object, pointer) : "");
  }

  /** The text of a std::exception follows its virtual table. */
  private static String what(Memory memory, long object, int pointer) {
    try {
      String text = text(memory, memory.pointer(object + pointer, pointer));
      return text.isEmpty() ? "" : ": " + text;
    } catch (MinidumpException e) {
      return "";
    }
  }

  private static String text(Memory memory, long at) {
    int most = (int) memory.available(at, LONGEST);
    byte[] raw = memory.bytes(at, most);
    int length = 0;
    while (length < most && raw[length] != 0) {
      length++;
    }
    return new String(raw, 0, length, StandardCharsets.UTF_8);
  }

  /** {@code .?AVruntime_error@std@@} is std::runtime_error; anything harder stays as it is. */
  private static String readable(String decorated) {
    if (!decorated.matches("\\.\\?A[VU][\\w@]+@@")) {
      return switch (decorated) {
        case ".H" -> "int";
        case ".PEAD", ".PAD" -> "char*";
        case ".PEBD", ".PBD" -> "const char*";
        default -> decorated;
      };
    }
    String[] parts = decorated.substring(4, decorated.length() - 2).split("@");
    StringBuilder name = new StringBuilder();
    for (int i = parts.length - 1; i >= 0; i--) {
      name.append(name.isEmpty() ? "" : "::").append(parts[i]);
    }
    return name.toString();
  }
}
