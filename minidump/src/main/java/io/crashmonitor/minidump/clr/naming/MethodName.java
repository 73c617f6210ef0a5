package io.crashmonitor.minidump.clr.naming;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of managed methods as a person would write them.
 *
 * <p>Compilers move the body of an async method, an iterator, a lambda or a local function into
 * methods and types of their own invention (Roslyn: {@code <PlaceAsync>d__3.MoveNext}, {@code
 * <>c.<Main>b__0_0}, {@code <Main>g__Check|0_1}; mono-mcs: {@code <PlaceAsync>c__async0}, {@code
 * <Main>m__0}). What a crash needs is the method in the source.
 */
public final class MethodName {
  private static final int MAX_LENGTH = 2048;

  /** Type that holds the state of an async method or iterator. */
  private static final Pattern STATE_MACHINE =
      Pattern.compile("<(.+)>(?:d(?:__\\d+)?|c__(?:async|Iterator)[0-9A-Fa-f]+)(`\\d+)?");

  /** Type that holds lambdas or what they capture. */
  private static final Pattern CLOSURE =
      Pattern.compile("<(.*)>c(?:__DisplayClass\\d+_\\d+|__AnonStorey[0-9A-Fa-f]+)?(`\\d+)?");

  private static final Pattern LOCAL_FUNCTION = Pattern.compile("<(.+)>g__(.+)\\|\\d+_\\d+");
  private static final Pattern LAMBDA = Pattern.compile("<(.+)>(?:b__|m__)[0-9A-Fa-f]+(?:_\\d+)?");
  private static final Pattern TOP_LEVEL = Pattern.compile("<(Main)>\\$?");

  private MethodName() {}

  /**
   * Full readable name.
   *
   * @param type full name of the declaring type, nested types joined by '+'
   * @param method its name in metadata
   */
  public static String readable(String type, String method) {
    if (type.length() + method.length() > MAX_LENGTH) {
      return joined(type, method);
    }
    int nested = type.lastIndexOf('+');
    String last = type.substring(nested + 1);
    String outer = nested < 0 ? "" : type.substring(0, nested);
    Matcher machine = STATE_MACHINE.matcher(last);
    if (nested > 0 && method.equals("MoveNext") && machine.matches()) {
      return readable(outer, machine.group(1));
    }
    Matcher closure = CLOSURE.matcher(last);
    if (nested > 0 && closure.matches() && method.startsWith("<")) {
      // mono-mcs names the writing method in the type that holds what the lambda captures.
      boolean unnamed = method.startsWith("<>") && !closure.group(1).isEmpty();
      return readable(outer, unnamed ? "<" + closure.group(1) + method.substring(1) : method);
    }
    return joined(type, inner(method).orElse(method));
  }

  private static Optional<String> inner(String method) {
    Matcher local = LOCAL_FUNCTION.matcher(method);
    if (local.matches()) {
      return Optional.of(plain(local.group(1)) + "." + local.group(2));
    }
    Matcher lambda = LAMBDA.matcher(method);
    if (lambda.matches()) {
      return Optional.of(plain(lambda.group(1)) + ".lambda");
    }
    Matcher main = TOP_LEVEL.matcher(method);
    return main.matches() ? Optional.of(main.group(1)) : Optional.empty();
  }

  /** The method in which another was written, itself perhaps written in a third. */
  private static String plain(String owner) {
    return inner(owner).orElse(owner);
  }

  private static String joined(String type, String method) {
    return typeName(type).isEmpty() ? method : typeName(type) + '.' + method;
  }

  /** A type's full name as the runtime prints it in a stack trace: nested types joined by '.'. */
  public static String typeName(String type) {
    return type.replace('+', '.');
  }
}
