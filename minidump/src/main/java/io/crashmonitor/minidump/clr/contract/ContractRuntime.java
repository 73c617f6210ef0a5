package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.exception.ExceptionLayout;
import io.crashmonitor.minidump.clr.exception.ExceptionObject;
import io.crashmonitor.minidump.clr.exception.ExceptionReader;
import io.crashmonitor.minidump.clr.exception.Raised;
import io.crashmonitor.minidump.clr.exception.TypeSystem;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A .NET runtime, 9 or later, seen through the data contracts it describes itself with. Every
 * offset comes from its descriptor; methods throw where the descriptor or the dump lacks what they
 * need.
 */
public final class ContractRuntime {
  private static final String INFORMATIONAL_VERSION =
      "System.Reflection.AssemblyInformationalVersionAttribute";

  private final View view;
  private final Descriptor descriptor;
  private final ContractTypes types;
  private final ContractThreads threads;
  private final CodeMap code;

  private ContractRuntime(View view, Descriptor descriptor) {
    this.view = view;
    this.descriptor = descriptor;
    ContractModules modules = new ContractModules(view, descriptor);
    this.types = new ContractTypes(view, descriptor, modules);
    this.threads = new ContractThreads(view, descriptor, types);
    this.code = new CodeMap(view, descriptor);
  }

  /**
   * Reads the descriptor of a runtime.
   *
   * @param descriptor address of the export {@link Descriptor#EXPORT}
   */
  public static ContractRuntime at(View view, long descriptor) {
    return new ContractRuntime(view, Descriptor.at(view, descriptor));
  }

  /** What the runtime says of itself. */
  public Descriptor descriptor() {
    return descriptor;
  }

  public TypeSystem types() {
    return types;
  }

  /**
   * Version of the runtime as its core library has it, as {@code 10.0.9}; empty where it does not
   * say.
   */
  public String version() {
    String full = types.coreLibrary().assemblyAttribute(INFORMATIONAL_VERSION).orElse("");
    return full.replaceFirst("(-servicing.*|\\+.*)$", "");
  }

  /** The runtime's map of compiled code. */
  public CodeMap code() {
    return code;
  }

  /** Whether the operating system's thread is one the runtime knows. */
  public boolean isManagedThread(long osId) {
    return threads.thread(osId).isPresent();
  }

  /**
   * The exception a thread died of, or is dealing with, and its inner ones, outermost first; empty
   * where it has none.
   *
   * @param osId of the thread
   * @param raised what the operating system saw on that thread; empty where it was not that thread
   *     that crashed
   * @param lost is told, in words, what of them could not be read
   */
  public List<ExceptionObject> exceptions(
      long osId, Optional<Raised> raised, Consumer<String> lost) {
    Optional<Long> thread = threads.thread(osId);
    if (thread.isEmpty()) {
      return List.of();
    }
    List<Long> handled = threads.handled(thread.get());
    Optional<Long> thrown =
        raised.isEmpty()
            ? handled.stream().findFirst()
            : Stream.concat(handled.stream(), threads.lastThrown(thread.get()).stream())
                .filter(object -> isOf(raised.get(), object))
                .findFirst();
    if (thrown.isEmpty() && !handled.isEmpty()) {
      lost.accept(
          "the crashing thread was handling "
              + types.typeName(types.typeOf(handled.get(0)))
              + " when it died of something else");
    }
    return thrown
        .map(object -> new ExceptionReader(view, types, layout()).chain(object, lost))
        .orElse(List.of());
  }

  private boolean isOf(Raised raised, long object) {
    try {
      return raised.isOf(
          view.i32(object + descriptor.offset("Exception", "_xcode")),
          view.i32(object + descriptor.offset("Exception", "_HResult")));
    } catch (MinidumpException unreadable) {
      return false;
    }
  }

  private ExceptionLayout layout() {
    return new ExceptionLayout(
        descriptor.offset("Exception", "_message"),
        descriptor.offset("Exception", "_innerException"),
        descriptor.offset("Exception", "_stackTrace"),
        descriptor.offset("Exception", "_HResult"),
        descriptor.offset("String", "m_StringLength"),
        descriptor.offset("String", "m_FirstChar"),
        descriptor.offset("Array", "m_NumComponents"),
        descriptor.size("Array"),
        stackLayout());
  }

  /** .NET 11 describes its stack arrays; 9 and 10 build them as the runtimes before them. */
  private ExceptionLayout.StackLayout stackLayout() {
    OptionalInt count = descriptor.optionalOffset("StackTraceArrayHeader", "Size");
    if (count.isEmpty()) {
      return ExceptionLayout.StackLayout.CLASSIC;
    }
    return new ExceptionLayout.StackLayout(
        count.getAsInt(),
        descriptor.size("StackTraceArrayHeader"),
        Math.max(1, descriptor.size("StackTraceElement")),
        descriptor.offset("StackTraceElement", "Ip"),
        descriptor.offset("StackTraceElement", "MethodDesc"),
        descriptor.offset("StackTraceElement", "Flags"));
  }
}
