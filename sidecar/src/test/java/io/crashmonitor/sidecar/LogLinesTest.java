package io.crashmonitor.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  @Test
  void keepsAnEventOnOneLineWhateverAPodWrote() {
    String line = format("process a\r\n2026-11-22T08:00:00Z INFO Forged: all is well\u0007", null);
    assertThat(line.strip().lines()).hasSize(1);
    assertThat(line).contains("process a | 2026").doesNotContain("\u0007");
  }

  @Test
  void putsAnErrorWithItsTraceOnTheSameLine() {
    String line = format("failed", new IllegalStateException("why"));
    assertThat(line.strip().lines()).hasSize(1);
    assertThat(line)
        .contains("WARNING Logger: failed | java.lang.IllegalStateException: why | at ");
  }

  private static String format(String message, Throwable thrown) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("io.crashmonitor.sidecar.Logger");
    event.setThrown(thrown);
    return new LogLines().format(event);
  }
}
