package io.crashmonitor.operator.inject;

import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Set;

/**
 * The only writer of users' workloads: server-side apply of an intent, never forced, always with
 * the uid. It decides nothing; whether to write is the planner's.
 */
public final class WorkloadApplier {
  private static final int UNPROCESSABLE = 422;
  private static final Set<Integer> REFUSALS =
      Set.of(HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_CONFLICT, UNPROCESSABLE);
  private static final int WORDS = 700;

  private final KubernetesClient client;

  public WorkloadApplier(KubernetesClient client) {
    this.client = client;
  }

  /** What became of a write. Errors of the world (no answer, no permission) are thrown. */
  public sealed interface Outcome {
    /** The workload as the API server has it now. */
    record Applied(HasMetadata resource) implements Outcome {}

    /** The API server, or an admission policy, does not allow it; trying again does not help. */
    record Refused(String words) implements Outcome {}

    /** It is not there any more, or it is another one of the same name. */
    record Gone() implements Outcome {}
  }

  /** Puts everything of ours in. */
  public Outcome inject(
      Workload live,
      String sessionUid,
      String container,
      Capture capture,
      SidecarSettings settings) {
    return apply(live, InjectionIntent.inject(live, sessionUid, container, capture, settings));
  }

  /** Takes everything of ours out. */
  public Outcome release(Workload live) {
    return apply(live, InjectionIntent.empty(live));
  }

  /** Keeps the CA by which agents know the operator in a namespace. */
  public void applyCa(String namespace, String caPem) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(Names.CA_CONFIG_MAP)
                .addToLabels("app.kubernetes.io/managed-by", Names.FIELD_MANAGER)
                .endMetadata()
                .addToData(Names.CA_FILE, caPem)
                .build())
        .fieldManager(Names.FIELD_MANAGER)
        .serverSideApply();
  }

  /** The last session of a namespace is gone; pods start without the ConfigMap too. */
  public void removeCa(String namespace) {
    client.configMaps().inNamespace(namespace).withName(Names.CA_CONFIG_MAP).delete();
  }

  private Outcome apply(Workload live, HasMetadata intent) {
    try {
      return new Outcome.Applied(
          client.resource(intent).fieldManager(Names.FIELD_MANAGER).serverSideApply());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return new Outcome.Gone();
      }
      if (!REFUSALS.contains(e.getCode()) && !deniedByAdmission(e)) {
        throw e;
      }
      return isGone(live, intent) ? new Outcome.Gone() : new Outcome.Refused(words(e));
    }
  }

  /** With a uid the server answers 409 and 422 also for what is gone: only a look tells. */
  private boolean isGone(Workload live, HasMetadata intent) {
    HasMetadata now = client.resource(intent).get();
    return now == null || !live.uid().equals(now.getMetadata().getUid());
  }

  private static boolean deniedByAdmission(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && words(e).contains("admission");
  }

  private static String words(KubernetesClientException e) {
    String words =
        e.getStatus() == null || e.getStatus().getMessage() == null
            ? e.getMessage()
            : e.getStatus().getMessage();
    return words.length() <= WORDS ? words : words.substring(0, WORDS) + "…";
  }
}
