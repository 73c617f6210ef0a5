package io.crashmonitor.operator.agent;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Where the reconciler leaves what agents may know; thread-safe. */
public final class SessionBoard {
  private final Map<String, PublishedSession> sessions = new ConcurrentHashMap<>();

  /** Idempotent; wakes waiting agents when the configuration changed. */
  public void publish(PublishedSession session) {
    sessions.put(session.session().uid(), session);
  }

  public void withdraw(String uid) {
    sessions.remove(uid);
  }

  public Optional<PublishedSession> find(String uid) {
    return Optional.ofNullable(sessions.get(uid));
  }
}
