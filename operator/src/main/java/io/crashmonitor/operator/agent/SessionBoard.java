package io.crashmonitor.operator.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.SessionConfiguration;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Where the reconciler leaves what agents may know; thread-safe. */
public final class SessionBoard {
  private static final JsonMapper JSON = AgentProtocol.mapper();

  private record Posted(PublishedSession session, String hash) {}

  private final Map<String, Posted> sessions = new ConcurrentHashMap<>();
  private final Map<String, Set<CompletableFuture<Void>>> waiting = new ConcurrentHashMap<>();

  /** Idempotent; wakes waiting agents when the configuration changed. */
  public void publish(PublishedSession session) {
    String uid = session.session().uid();
    String hash = hash(session.configuration());
    Posted before = sessions.get(uid);
    sessions.put(uid, new Posted(session, hash));
    if (before == null || !before.hash().equals(hash)) {
      wake(uid);
    }
  }

  public void withdraw(String uid) {
    sessions.remove(uid);
    wake(uid);
  }

  public Optional<PublishedSession> find(String uid) {
    return Optional.ofNullable(sessions.get(uid)).map(Posted::session);
  }

  /** Of the configuration that is published; empty text for none. */
  String hash(String uid) {
    return Optional.ofNullable(sessions.get(uid)).map(Posted::hash).orElse("");
  }

  /**
   * Completes as soon as the configuration is another than the one known; at once when it is
   * already. It runs on whatever thread publishes: continue it elsewhere.
   */
  CompletableFuture<Void> changeFrom(String uid, String knownHash) {
    CompletableFuture<Void> change = new CompletableFuture<>();
    waiting.compute(
        uid,
        (key, all) -> {
          Set<CompletableFuture<Void>> with = all == null ? new LinkedHashSet<>() : all;
          with.add(change);
          return with;
        });
    change.whenComplete((done, failure) -> stopWaiting(uid, change));
    if (!hash(uid).equals(knownHash)) {
      change.complete(null);
    }
    return change;
  }

  private void stopWaiting(String uid, CompletableFuture<Void> change) {
    waiting.computeIfPresent(
        uid,
        (key, all) -> {
          all.remove(change);
          return all.isEmpty() ? null : all;
        });
  }

  private void wake(String uid) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    waiting.computeIfPresent(
        uid,
        (key, waiters) -> {
          all.addAll(waiters);
          return null;
        });
    all.forEach(change -> change.complete(null));
  }

  static String hash(SessionConfiguration configuration) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(configuration));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException | JsonProcessingException neither) {
      throw new IllegalStateException(neither);
    }
  }
}
