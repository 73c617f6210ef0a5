package io.crashmonitor.minidump.fuzz;

import io.crashmonitor.minidump.clr.exception.ManagedMethod;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.Metadata;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import io.crashmonitor.minidump.synth.DumpBuilder;
import io.crashmonitor.minidump.synth.Samples;
import java.util.List;
import java.util.function.Consumer;

/** The input is the metadata of an assembly. */
public final class MetadataFuzzTarget {
  private static final int TOKENS = 8;

  private MetadataFuzzTarget() {}

  /** Each fact is there, or is refused in one of the two ways that readers of metadata expect. */
  public static void fuzzerTestOneInput(byte[] data) {
    View view = new View(DumpBuilder.amd64().memory(Samples.BASE, data).open().memory());
    tried(() -> read(Metadata.at(view, Samples.BASE, data.length)));
  }

  private static void read(Metadata metadata) {
    tried(metadata::moduleName);
    tried(
        () ->
            metadata.assemblyAttribute("System.Reflection.AssemblyInformationalVersionAttribute"));
    for (int row = 0; row <= TOKENS; row++) {
      int type = Metadata.TYPE_TOKEN | row;
      int method = Metadata.METHOD_TOKEN | row;
      List<Consumer<Metadata>> facts =
          List.of(
              m -> m.typeName(type),
              m -> m.instanceFields(type),
              m -> m.methodsNamed(type, "Place"),
              m -> m.enclosingType(type),
              m -> m.implementsInterface(type, "System.IDisposable"),
              m -> m.parameters(method),
              m -> m.typeParameters(method),
              m -> m.isHidden(method),
              m -> ManagedMethod.of(m, method));
      facts.forEach(fact -> tried(() -> fact.accept(metadata)));
    }
  }

  private static void tried(Runnable fact) {
    try {
      fact.run();
    } catch (ClrReadException refused) {
      // an answer
    } catch (MinidumpException e) {
      if (e.kind() != MinidumpException.Kind.UNREADABLE_MEMORY) {
        throw new AssertionError("only memory can be missing here", e);
      }
    }
  }
}
