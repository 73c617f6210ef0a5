package io.crashmonitor.sidecar.session;

import io.crashmonitor.agent.SessionConfiguration;
import io.crashmonitor.sidecar.volume.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Logger;

/** Keeps {@code control\session.properties} as it should be; writes only what differs. */
public final class SessionFile {
  private static final Logger LOG = Logger.getLogger(SessionFile.class.getName());

  private final Path file;
  private final SessionKeeper session;
  private String written = "";
  private String failure = "";

  public SessionFile(Path file, SessionKeeper session) {
    this.file = file;
    this.session = session;
  }

  /**
   * Brings the file up to date. Called every second and after each change.
   *
   * @return whether dumps are wanted now
   */
  public synchronized Arming update(Room room) {
    Optional<SessionConfiguration> configuration = session.configuration();
    Arming wanted = Arming.decide(configuration, session.operatorNow(), room);
    Optional<Instant> disarmAt =
        configuration.map(SessionConfiguration::stopTime).map(session::local);
    Arming arming = wanted.forHelper(configuration);
    write(
        SessionProperties.text(configuration, arming, disarmAt, room.disk().leastPercent()),
        arming);
    return wanted;
  }

  private void write(String text, Arming arming) {
    if (text.equals(written)) {
      return;
    }
    try {
      AtomicFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
      written = text;
      failure = "";
      LOG.info(arming.armed() ? "armed" : "disarmed: " + arming.reason());
    } catch (IOException e) {
      if (!failure.equals(e.getMessage())) {
        failure = String.valueOf(e.getMessage());
        LOG.warning("cannot tell the helper (" + file + "): " + failure + "; tried every second");
      }
    }
  }
}
