package io.crashmonitor.operator.session;

import io.crashmonitor.api.CrashMonitorSession;
import io.crashmonitor.api.Names;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which changes of a session are worth a turn: spec, requests, deletion; never its status. */
public final class WakeFilter implements OnUpdateFilter<CrashMonitorSession> {
  private static final List<String> REQUESTS =
      List.of(Names.STOP_REQUESTED_AT, Names.RUN_REQUESTED_AT, Names.DISABLE_REQUESTED_AT);

  @Override
  public boolean accept(CrashMonitorSession now, CrashMonitorSession before) {
    return !Objects.equals(now.getMetadata().getUid(), before.getMetadata().getUid())
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(
            now.getMetadata().getDeletionTimestamp(), before.getMetadata().getDeletionTimestamp())
        || REQUESTS.stream().anyMatch(r -> !Objects.equals(value(now, r), value(before, r)));
  }

  private static String value(CrashMonitorSession session, String annotation) {
    Map<String, String> all = session.getMetadata().getAnnotations();
    return all == null ? null : all.get(annotation);
  }
}
