package io.crashmonitor.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import io.crashmonitor.sidecar.dump.DumpInspector;
import io.crashmonitor.sidecar.dump.Inspection;
import io.crashmonitor.sidecar.dump.MinidumpInspector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Explains a dump only once something has happened. */
record SlowInspector(MinidumpInspector inspector, Callable<Boolean> when) implements DumpInspector {
  @Override
  public Inspection inspect(Path file) throws IOException {
    return inspector.inspect(file);
  }

  @Override
  public JsonNode analyse(Path file) throws IOException {
    AgentWithStorage.patiently().until(when);
    return inspector.analyse(file);
  }
}
