package io.crashmonitor.sidecar.volume;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits for something new in the volume. An event only shortens the wait: events get lost, so
 * whoever waits looks for himself afterwards.
 */
public final class VolumeWatch implements Closeable {
  private final WatchService service;

  private VolumeWatch(WatchService service) {
    this.service = service;
  }

  /** Watches these folders. */
  public static VolumeWatch of(List<Path> folders) throws IOException {
    WatchService service = folders.get(0).getFileSystem().newWatchService();
    for (Path folder : folders) {
      folder.register(service, ENTRY_CREATE);
    }
    return new VolumeWatch(service);
  }

  /** Returns when something came, or after that time. */
  public void await(Duration most) throws InterruptedException {
    WatchKey key = service.poll(most.toMillis(), TimeUnit.MILLISECONDS);
    if (key != null) {
      key.pollEvents();
      key.reset();
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
