package io.crashmonitor.operator.agent;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.report.CrashId;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/** One request of an agent: its token and address, its path's crash id and its body, bounded. */
record AgentCall(String token, String address, String crashId, byte[] body) {
  private static final long TOO_LARGE_BUT_HEARD = 8L * AgentProtocol.MESSAGE_LIMIT;
  private static final JsonMapper JSON = AgentProtocol.mapper();

  static AgentCall of(Context ctx) {
    String authorization = ctx.header("Authorization");
    String token =
        authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : "";
    if (token.isEmpty()) {
      throw Refusal.unauthenticated("a bearer token of the pod is needed");
    }
    return new AgentCall(
        token,
        ctx.req().getRemoteAddr(),
        ctx.pathParamMap().getOrDefault("crashId", ""),
        body(ctx));
  }

  /** Bounded before it is in memory, whatever its headers say. */
  private static byte[] body(Context ctx) {
    int limit = AgentProtocol.MESSAGE_LIMIT;
    try (InputStream in = ctx.req().getInputStream()) {
      byte[] body = in.readNBytes(limit + 1);
      if (body.length > limit) {
        // A client that is still sending would never see the answer.
        in.skip(TOO_LARGE_BUT_HEARD);
        throw Refusal.tooLarge(limit);
      }
      return body;
    } catch (IOException e) {
      throw Refusal.badRequest("the body ended early");
    }
  }

  <T> T as(Class<T> type) {
    try {
      T value = JSON.readValue(body, type);
      if (value == null) {
        throw Refusal.badRequest("the body is null");
      }
      return value;
    } catch (IOException e) {
      throw Refusal.badRequest("the body is not JSON of a " + type.getSimpleName());
    }
  }

  CrashId crash() {
    try {
      return new CrashId(crashId);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(e.getMessage());
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "AgentCall[" + body.length + " bytes]";
  }
}
