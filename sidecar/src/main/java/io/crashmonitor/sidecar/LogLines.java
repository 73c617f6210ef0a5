package io.crashmonitor.sidecar;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** The agent's log: one line an event on standard output, where {@code kubectl logs} reads it. */
final class LogLines extends Formatter {
  /** The logger that all of the agent's loggers inherit from; held, as loggers are weak. */
  private static final Logger TOP = Logger.getLogger("io.crashmonitor");

  /** Sends all logging to standard output. */
  static void install() {
    LogManager.getLogManager().reset();
    Handler handler =
        new StreamHandler(System.out, new LogLines()) {
          @Override
          public synchronized void publish(LogRecord event) {
            super.publish(event);
            flush();
          }
        };
    handler.setLevel(Level.ALL);
    TOP.addHandler(handler);
    TOP.setLevel(Level.INFO);
  }

  @Override
  public String format(LogRecord event) {
    StringBuilder line = new StringBuilder(160);
    line.append(Instant.ofEpochMilli(event.getMillis()).truncatedTo(ChronoUnit.MILLIS));
    line.append(' ').append(event.getLevel().getName()).append(' ');
    line.append(event.getLoggerName().substring(event.getLoggerName().lastIndexOf('.') + 1));
    line.append(": ").append(oneLine(formatMessage(event)));
    if (event.getThrown() != null) {
      StringWriter trace = new StringWriter();
      event.getThrown().printStackTrace(new PrintWriter(trace, true));
      line.append(" | ").append(oneLine(trace.toString()));
    }
    return line.append(System.lineSeparator()).toString();
  }

  // What a pod wrote may stand in a message: it must not forge lines.
  private static String oneLine(String text) {
    return text.strip().replaceAll("[\\r\\n]+\\s*", " | ").replaceAll("\\p{Cntrl}", "?");
  }
}
