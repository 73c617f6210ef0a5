package io.crashmonitor.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sample application in C#: {@code Shop.dll}, made for .NET Core 3.1. */
final class ManagedApp {
  private static final Path SOURCES =
      Path.of(System.getProperty("crashmonitor.root"), "e2e/src/test/resources/managed");

  private ManagedApp() {}

  /** The home of a runtime for Windows; skips the test that asks where there is none. */
  static Path runtime(Provisioned tools, Tool runtime) {
    return tool(tools, runtime);
  }

  /**
   * Compiles the application; skips the test that asks where there is no compiler.
   *
   * @return the folder, which it makes
   */
  static Path build(Provisioned tools, Path folder) throws IOException, InterruptedException {
    Path compiler = tool(tools, Tool.CSHARP_COMPILER);
    Files.createDirectories(folder);
    Process process =
        new ProcessBuilder(
                List.of(
                    compiler.toString(),
                    "-nologo",
                    "-out:" + folder.resolve("Shop.dll"),
                    SOURCES.resolve("Shop.cs").toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    Files.copy(
        SOURCES.resolve("Shop.runtimeconfig.json"), folder.resolve("Shop.runtimeconfig.json"));
    return folder;
  }

  private static Path tool(Provisioned tools, Tool tool) {
    assumeTrue(
        tools.find(tool).isPresent(),
        () ->
            "%s is not here: testbed/provision.sh %s says why".formatted(tool.key(), tool.part()));
    return tools.path(tool);
  }
}
