package io.crashmonitor.testbed.linuxnode;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

/** One HTTP probe of a container over its life, with the thresholds of its manifest. */
final class HttpProbe {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Probe probe;
  private final URI uri;
  private Instant due;
  private int successes;
  private int failures;
  private boolean passed;

  HttpProbe(Probe probe, Container container, Instant startedAt) {
    this.probe = probe;
    this.uri = uri(probe, container);
    this.due = startedAt.plusSeconds(number(probe.getInitialDelaySeconds(), 0));
  }

  /** Runs it if its time has come. */
  void run(Instant now) throws InterruptedException {
    if (now.isBefore(due)) {
      return;
    }
    due = now.plusSeconds(number(probe.getPeriodSeconds(), 10));
    if (answers()) {
      failures = 0;
      successes++;
      passed |= successes >= number(probe.getSuccessThreshold(), 1);
    } else {
      successes = 0;
      failures++;
      passed &= !exhausted();
    }
  }

  boolean passed() {
    return passed;
  }

  /** Failed as often in a row as it may. */
  boolean exhausted() {
    return failures >= number(probe.getFailureThreshold(), 3);
  }

  private boolean answers() throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(number(probe.getTimeoutSeconds(), 1)))
              .build();
      int status = HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status >= 200 && status < 400;
    } catch (IOException noAnswer) {
      return false;
    }
  }

  private static URI uri(Probe probe, Container container) {
    var get = probe.getHttpGet();
    Integer number = get.getPort().getIntVal();
    int port =
        number != null
            ? number
            : container.getPorts().stream()
                .filter(p -> get.getPort().getStrVal().equals(p.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(
                    () -> new IllegalStateException("no port " + get.getPort().getStrVal()));
    return URI.create("http://127.0.0.1:" + port + get.getPath());
  }

  private static int number(Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }
}
