package io.crashmonitor.sidecar.operator;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.CompletionVerdict;
import io.crashmonitor.agent.DumpAbandon;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpDecision;
import io.crashmonitor.agent.DumpOffer;
import io.crashmonitor.agent.SyncRequest;
import io.crashmonitor.agent.SyncResponse;
import io.crashmonitor.report.CrashId;
import io.crashmonitor.sidecar.operator.Reply.Answer;
import io.crashmonitor.sidecar.operator.Reply.Later;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The agent protocol over HTTPS. Trusts the CA of the identity volume alone, whenever it changes;
 * sends the token as it is in the file at that moment. Safe for use by several threads.
 */
public final class OperatorClient {
  private static final int WORDS = 300;

  /**
   * How long to wait at most, for whole answers.
   *
   * @param longPoll for the operator's news
   * @param answer for anything else
   */
  public record Limits(Duration connect, Duration answer, Duration longPoll) {
    public static final Limits USUAL =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            AgentProtocol.LONGEST_POLL.plusSeconds(30));
  }

  private final URI base;
  private final PodIdentity identity;
  private final Executor executor;
  private final Limits limits;
  private final JsonMapper mapper = AgentProtocol.mapper();
  private byte[] trusted = {};
  private HttpClient http;

  /**
   * @param base the operator's endpoint
   * @param identity folder with token and CA
   */
  public OperatorClient(URI base, Path identity, Executor executor, Limits limits) {
    this.base = base;
    this.identity = new PodIdentity(identity);
    this.executor = executor;
    this.limits = limits;
  }

  /**
   * The long poll.
   *
   * @param inFlight is given the request once it is under way: cancel it to come back at once with
   *     a {@link CancellationException}
   */
  public Reply<SyncResponse> sync(SyncRequest request, Consumer<CompletableFuture<?>> inFlight)
      throws InterruptedException {
    return post(AgentProtocol.SYNC, request, SyncResponse.class, limits.longPoll(), inFlight);
  }

  /** Reports a crash, asks for a place for its dump or renews it. */
  public Reply<DumpDecision> offer(DumpOffer offer) throws InterruptedException {
    return post(AgentProtocol.DUMPS, offer, DumpDecision.class, limits.answer(), none -> {});
  }

  /** The blob is committed. */
  public Reply<CompletionVerdict> complete(CrashId id, DumpCompletion completion)
      throws InterruptedException {
    String path = AgentProtocol.COMPLETE.replace("{crashId}", id.value());
    return post(path, completion, CompletionVerdict.class, limits.answer(), none -> {});
  }

  /** The file will never come. */
  public Reply<Void> abandon(CrashId id, DumpAbandon abandon) throws InterruptedException {
    String path = AgentProtocol.ABANDON.replace("{crashId}", id.value());
    return post(path, abandon, Void.class, limits.answer(), none -> {});
  }

  private <T> Reply<T> post(
      String path,
      Object body,
      Class<T> type,
      Duration limit,
      Consumer<CompletableFuture<?>> inFlight)
      throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> response;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(base.resolve(path))
              .timeout(limit)
              .header("Authorization", "Bearer " + identity.token())
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(message(body)))
              .build();
      response = client().sendAsync(request, BoundedBody.handler(AgentProtocol.MESSAGE_LIMIT));
    } catch (IOException e) {
      return new Later<>(e.getMessage(), Optional.empty());
    }
    inFlight.accept(response);
    try {
      // The request's own limit ends with the answer's head; its body must come in time too.
      return reply(response.get(limit.toMillis(), TimeUnit.MILLISECONDS), type);
    } catch (ExecutionException e) {
      // What cancels the request can come back by its exchange sooner than by its future.
      if (e.getCause() instanceof CancellationException cancelled) {
        throw cancelled;
      }
      return away(words(e.getCause()));
    } catch (TimeoutException e) {
      response.cancel(true);
      return away("not within " + limit.toSeconds() + " s");
    } catch (InterruptedException stop) {
      response.cancel(true);
      throw stop;
    }
  }

  private byte[] message(Object body) throws IOException {
    return mapper.writeValueAsBytes(
        body instanceof DumpOffer offer ? OfferSize.fitting(offer, mapper) : body);
  }

  private <T> Reply<T> away(String why) {
    return new Later<>("no answer from " + base.getAuthority() + ": " + why, Optional.empty());
  }

  private <T> Reply<T> reply(HttpResponse<byte[]> response, Class<T> type) {
    byte[] body = response.body();
    int status = response.statusCode();
    if (status / 100 != 2) {
      String said = new String(body, 0, Math.min(WORDS, body.length), StandardCharsets.UTF_8);
      return new Later<>(
          StatusWords.of(status) + (said.isBlank() ? "" : ": " + said),
          RetryAfter.of(response),
          status == 400 || status == 413);
    }
    if (type == Void.class) {
      return new Answer<>(null);
    }
    try {
      T value = mapper.readValue(body, type);
      if (value != null) {
        return new Answer<>(value);
      }
    } catch (IOException notOurs) {
      // Its message may quote the answer, and a grant is a secret.
    }
    return new Later<>("an answer that is not of the protocol", Optional.empty());
  }

  private synchronized HttpClient client() throws IOException {
    byte[] ca = identity.ca();
    if (http == null || !Arrays.equals(ca, trusted)) {
      http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(limits.connect())
              .sslContext(PodIdentity.trust(ca))
              .proxy(HttpClient.Builder.NO_PROXY)
              .executor(executor)
              .build();
      trusted = ca;
    }
    return http;
  }

  private static String words(Throwable cause) {
    String text = cause.getMessage();
    return cause.getClass().getSimpleName() + (text == null ? "" : " " + text);
  }
}
