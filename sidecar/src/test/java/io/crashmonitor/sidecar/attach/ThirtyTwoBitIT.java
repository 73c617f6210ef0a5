package io.crashmonitor.sidecar.attach;

import static io.crashmonitor.sidecar.attach.AppContainer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.crashmonitor.agent.AttachPhase;
import io.crashmonitor.agent.ProcessExit;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.Wholeness;
import io.crashmonitor.testbed.wine.WineExit;
import io.crashmonitor.testbed.wine.WineProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A 32-bit application under the 64-bit helper and the 64-bit ProcDump. That the real ProcDump
 * writes a 32-bit dump of it is not shown: Wine's dbghelp writes what a 64-bit debugger sees.
 */
class ThirtyTwoBitIT {
  private static final String CRASHER_32 = "C:\\app\\crasher32.exe";

  @RegisterExtension final AppContainer container = AppContainer.preparedFor32Bit();

  @ParameterizedTest
  @CsvSource({"av, 0xC0000005", "div0, 0xC0000094", "clr, 0xE0434352"})
  void leavesAWholeDumpAndTheApplicationsOwnExitCode(String kind, String code) throws Exception {
    int exitCode = Long.decode(code).intValue();
    container.session(SessionFile.ofCrashes());
    WineProcess app =
        container.start(
            Stream.concat(Stream.of(CRASHER_32), AppContainer.onSignal(kind).stream())
                .toArray(String[]::new));
    long pid = app.pid().orElseThrow();
    container.supervise();
    container.awaitPhase(AttachPhase.Attached);
    container.signal(kind);

    assertThat(app.await(SOON)).isEqualTo(new WineExit.Exited(exitCode));

    ProcessExit exit =
        container
            .awaitState("exit with its dump", s -> s.exits().stream().anyMatch(e -> e.dumps() == 1))
            .exitOf(pid);
    assertThat(exit.exitCode()).isEqualTo(code);
    assertThat(exit.attached()).isTrue();
    List<Path> dumps = container.ready();
    assertThat(dumps).hasSize(1);
    assertThat(Wholeness.of(dumps.get(0)).state()).isEqualTo(Wholeness.State.WHOLE);
    try (Minidump dump = Minidump.open(dumps.get(0))) {
      assertThat(dump.exception().orElseThrow().code()).isEqualTo(exitCode);
      assertThat(dump.modules().named("crasher32.exe")).isPresent();
    }
  }
}
