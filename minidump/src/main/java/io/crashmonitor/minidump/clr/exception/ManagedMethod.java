package io.crashmonitor.minidump.clr.exception;

import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.naming.MethodName;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A managed method.
 *
 * @param name readable: {@code Contoso.Shop.OrderService.Place}; the async method instead of its
 *     state machine
 * @param parameters as the runtime prints them ({@code String sku, Int32 n}); empty also where they
 *     are not known
 * @param metadataName as the compiler wrote it, nested types joined by '+'
 * @param assembly file name of its module; empty where not known
 * @param token in the assembly's metadata; 0 for a method made at run time
 * @param hidden whether the runtime leaves it out of stack traces
 * @param async whether it is the body of an async method
 */
public record ManagedMethod(
    String name,
    String parameters,
    String metadataName,
    String assembly,
    int token,
    boolean hidden,
    boolean async) {

  private static final String ASYNC = "System.Runtime.CompilerServices.IAsyncStateMachine";

  /** A method that has no metadata: emitted at run time. */
  public static ManagedMethod dynamic(String name) {
    return new ManagedMethod(name, "", name, "", 0, false, false);
  }

  /** Reads a method's names; throws where even its name is not there. */
  public static ManagedMethod of(Metadata metadata, int token) {
    int typeToken = metadata.declaringType(token);
    String type = metadata.typeName(typeToken);
    String method = metadata.methodName(token);
    String name = MethodName.readable(type, method);
    boolean machine = method.equals("MoveNext") && !name.endsWith(".MoveNext");
    int written = machine ? writtenMethod(metadata, typeToken, name) : token;
    return new ManagedMethod(
        written == 0 ? name : name + orEmpty(() -> typeParameters(metadata, written)),
        written == 0 ? "" : orEmpty(() -> metadata.parameters(written)),
        type + '.' + method,
        orEmpty(metadata::moduleName),
        token,
        isTrue(() -> metadata.isHidden(token)),
        machine && isTrue(() -> metadata.implementsInterface(typeToken, ASYNC)));
  }

  private static String typeParameters(Metadata metadata, int token) {
    List<String> names = metadata.typeParameters(token);
    return names.isEmpty() ? "" : "[" + String.join(",", names) + "]";
  }

  /** The method a state machine was made of, where its name is not overloaded; else 0. */
  private static int writtenMethod(Metadata metadata, int machineType, String name) {
    try {
      String simple = name.substring(name.lastIndexOf('.') + 1);
      List<Integer> found =
          metadata
              .enclosingType(machineType)
              .map(outer -> metadata.methodsNamed(outer, simple))
              .orElse(List.of());
      return found.size() == 1 ? found.get(0) : 0;
    } catch (MinidumpException | ClrReadException missing) {
      return 0;
    }
  }

  private static String orEmpty(Supplier<String> fact) {
    try {
      return fact.get();
    } catch (MinidumpException | ClrReadException missing) {
      return "";
    }
  }

  private static boolean isTrue(BooleanSupplier fact) {
    try {
      return fact.getAsBoolean();
    } catch (MinidumpException | ClrReadException missing) {
      return false;
    }
  }
}
