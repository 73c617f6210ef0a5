package io.crashmonitor.operator.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.CrashMonitorSession;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks which fields of a session the cluster serves: at the start, when a status was refused, and
 * again and again for as long as something is missing or could not be read. It asks the API
 * server's own description, which whoever may use kubectl may read, and so needs no right to
 * definitions.
 */
public final class DefinitionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DefinitionWatch.class);
  private static final String DESCRIPTION =
      "/openapi/v3/apis/" + CrashMonitorSession.GROUP + "/" + CrashMonitorSession.VERSION;

  private final KubernetesClient client;
  private final ScheduledExecutorService thread;
  private volatile Optional<ServedFields> fields = Optional.empty();
  private String told = "";

  private DefinitionWatch(KubernetesClient client) {
    this.client = client;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread t = new Thread(task, "definition");
              t.setDaemon(true);
              return t;
            });
  }

  /**
   * Has looked once when it returns.
   *
   * @param client stays the caller's to close
   */
  public static DefinitionWatch start(KubernetesClient client) {
    return start(client, ServedFields.LOOK_AGAIN);
  }

  static DefinitionWatch start(KubernetesClient client, Duration pace) {
    DefinitionWatch watch = new DefinitionWatch(client);
    watch.look();
    watch.thread.scheduleWithFixedDelay(
        watch::lookWhileUnsettled, pace.toMillis(), pace.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  /** As last seen. */
  ServedFields fields() {
    return fields.orElse(ServedFields.ALL);
  }

  /** A field was refused that should be there: looks again, soon. Returns at once. */
  void doubt() {
    try {
      thread.execute(this::look);
    } catch (RejectedExecutionException stopping) {
      // The next process looks when it starts.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void lookWhileUnsettled() {
    if (fields.filter(f -> f.missing().isEmpty()).isEmpty()) {
      look();
    }
  }

  private void look() {
    try {
      String description = client.raw(DESCRIPTION);
      Optional<ServedFields> now =
          description == null
              ? Optional.empty()
              : ServedFields.of(AgentProtocol.mapper().readTree(description));
      fields = now;
      tell(
          now.map(f -> f.note().map(Note::message).orElse(""))
              .orElse(
                  "The cluster does not serve sessions of version "
                      + CrashMonitorSession.VERSION
                      + " (yet): have a cluster administrator apply the operator's"
                      + " CustomResourceDefinition (kubectl apply --server-side -f"
                      + " crds/crashmonitorsessions.yaml)"));
    } catch (KubernetesClientException | JsonProcessingException e) {
      tell(
          "It cannot be seen which fields of a session the cluster serves ("
              + e.getMessage()
              + "): where its CustomResourceDefinition is older than the operator, statuses are"
              + " refused until it is applied anew");
    }
  }

  /** Once for each news. */
  private void tell(String words) {
    if (words.equals(told)) {
      return;
    }
    if (words.isEmpty()) {
      LOG.info("the cluster serves every field of a session again");
    } else {
      LOG.warn(words);
    }
    told = words;
  }
}
