package io.crashmonitor.minidump.clr.console;

import io.crashmonitor.minidump.clr.naming.MethodName;

/**
 * Makes a printed method readable: runtimes before .NET Core 2.1 print the compiler's names of
 * async methods and lambdas.
 */
final class ReadableFrame {
  private ReadableFrame() {}

  static String of(String method) {
    int last = lastDot(method);
    if (last <= 0 || method.indexOf('<') < 0) {
      return method;
    }
    String type = method.substring(0, last);
    // In print nested types are joined by '.'; those the compiler made begin with '<'.
    int nested = type.lastIndexOf(".<");
    String marked =
        nested < 0 ? type : type.substring(0, nested) + '+' + type.substring(nested + 1);
    return MethodName.readable(marked, method.substring(last + 1));
  }

  /** The dot before the method's name; a constructor's name begins with one itself. */
  private static int lastDot(String method) {
    int end = method.indexOf('[') > 0 ? method.indexOf('[') : method.length();
    int last = method.lastIndexOf('.', end - 1);
    return last > 0 && method.charAt(last - 1) == '.' ? last - 1 : last;
  }
}
