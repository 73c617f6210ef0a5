package io.crashmonitor.sidecar.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import io.crashmonitor.api.DumpType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole control file for each kind of session, as the helper and ProcDump get it. */
class ProcDumpArgumentsTest {
  private static final Instant STOP = Instant.parse("2026-12-07T08:00:00Z");

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of("default", dump(null, null, null, null), true),
        Arguments.of("full-second-chance-only", dump(DumpType.Full, List.of(), null, null), true),
        Arguments.of(
            "miniplus", dump(DumpType.MiniPlus, List.of("E0434352*"), null, "1h30m"), true),
        Arguments.of("mini", dump(DumpType.Mini, List.of(), null, "1m"), true),
        Arguments.of("triage", dump(DumpType.Triage, List.of(), null, null), true),
        Arguments.of("analysis-only", dump(DumpType.None, null, null, null), true),
        Arguments.of("on-exit", dump(null, List.of(), true, null), true),
        Arguments.of("licence-not-accepted", dump(null, List.of(), null, null), false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void asInTheGoldenFile(String name, DumpSettings dump, boolean licence) {
    // when
    String text =
        SessionProperties.text(
            Optional.of(session("Checkout*.exe", dump, licence)),
            new Arming(true, ""),
            Optional.of(STOP),
            15);
    // then
    Golden.compare(name + ".properties", text);
  }

  @Test
  void asInTheGoldenFileBeforeTheOperatorsFirstWord() {
    Golden.compare(
        "unknown.properties",
        SessionProperties.text(
            Optional.empty(), new Arming(false, "Unknown"), Optional.empty(), 15));
  }

  @Test
  void neverEndsTheProcessAndNeverClones() {
    cases()
        .map(c -> ProcDumpArguments.of(session("", (DumpSettings) c.get()[1], true)))
        .forEach(a -> assertThat(a).doesNotContain("-k", "-r", "-x", "-i").contains("-e", "-n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-k", "a b", "a\"b", "x\ny", "", "C0000005&calc"})
  void refusesAFilterThatTheApiWouldNotHaveLetIn(String filter) {
    DumpSettings dump = dump(null, List.of(filter), null, null);
    assertThatThrownBy(() -> ProcDumpArguments.of(session("", dump, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no first chance filter");
  }

  @Test
  void refusesAProcessThatWouldForgeALine() {
    assertThatThrownBy(
            () ->
                SessionProperties.text(
                    Optional.of(session("a.exe\narg.0=-k", DumpSettings.DEFAULT, true)),
                    new Arming(true, ""),
                    Optional.empty(),
                    15))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("process");
  }

  private static DumpSettings dump(
      DumpType type, List<String> firstChance, Boolean onExit, String timeout) {
    return new DumpSettings(type, firstChance, onExit, timeout, null);
  }

  private static SessionConfiguration session(String process, DumpSettings dump, boolean licence) {
    return new SessionConfiguration(
        "run-1", true, "", STOP, process, dump, CaptureEngine.ProcDump, licence);
  }
}
