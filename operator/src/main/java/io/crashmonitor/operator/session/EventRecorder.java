package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a session's happenings as Kubernetes events. The name of an event follows from its content,
 * so that telling it again, also by another operator process, makes no second one.
 */
final class EventRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int NOTE = 1024;

  private final KubernetesClient client;
  private final String instance;

  EventRecorder(KubernetesClient client) {
    this.client = client;
    this.instance =
        Optional.ofNullable(System.getenv("HOSTNAME"))
            .filter(h -> !h.isBlank())
            .orElse(Names.FIELD_MANAGER);
  }

  /** Never fails: an event that cannot be written is no reason not to go on. */
  void tell(CrashMonitorSession session, List<SessionEvents.Happening> happenings, Instant now) {
    for (SessionEvents.Happening happening : happenings) {
      try {
        client.resource(event(session, happening, now)).create();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          LOG.atWarn()
              .addKeyValue("session", session.getMetadata().getName())
              .addKeyValue("namespace", session.getMetadata().getNamespace())
              .addKeyValue("reason", happening.reason())
              .log("an event could not be written: {}", e.getMessage());
        }
      }
    }
  }

  private Event event(CrashMonitorSession session, SessionEvents.Happening happening, Instant now) {
    var meta = session.getMetadata();
    String content = meta.getUid() + happening.reason() + happening.key();
    UUID id = UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
    String note = happening.note();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(meta.getNamespace())
        .withName(cut(meta.getName(), 200) + "." + id)
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(now)))
        .withReportingController("crashmonitor.io/operator")
        .withReportingInstance(cut(instance, 128))
        .withType(happening.warning() ? "Warning" : "Normal")
        .withReason(happening.reason())
        .withAction(happening.action())
        .withNote(cut(note, NOTE))
        .withNewRegarding()
        .withApiVersion(session.getApiVersion())
        .withKind(session.getKind())
        .withNamespace(meta.getNamespace())
        .withName(meta.getName())
        .withUid(meta.getUid())
        .endRegarding()
        .build();
  }

  private static String cut(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit);
  }
}
