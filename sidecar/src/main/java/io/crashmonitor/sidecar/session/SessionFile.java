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
  private DiskGuard disk;
  private String written = "";
  private String failure = "";

  public SessionFile(Path file, SessionKeeper session, int diskPercent) {
    this.file = file;
    this.session = session;
    this.disk = new DiskGuard(diskPercent, false);
  }

  /** Brings the file up to date. Called every second and after each change. */
  public synchronized void update(long freeBytes, long totalBytes) {
    disk = disk.seen(freeBytes, totalBytes);
    Optional<SessionConfiguration> configuration = session.configuration();
    Arming arming = Arming.decide(configuration, session.operatorNow(), disk.low());
    Optional<Instant> disarmAt =
        configuration.map(SessionConfiguration::stopTime).map(session::local);
    write(SessionProperties.text(configuration, arming, disarmAt, disk.leastPercent()), arming);
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
