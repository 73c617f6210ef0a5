package io.crashmonitor.sidecar.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.agent.DumpOffer;
import java.util.List;

/** Keeps an offer under the protocol's limit by leaving out what its analysis can spare. */
final class OfferSize {
  // Least missed first.
  private static final List<String> SPARE = List.of("namedModules", "otherThreads", "findings");
  private static final int ROOM = AgentProtocol.MESSAGE_LIMIT - 4096;

  private OfferSize() {}

  static DumpOffer fitting(DumpOffer offer, JsonMapper mapper) throws JsonProcessingException {
    DumpOffer fitting = offer;
    for (int spared = 0; length(fitting, mapper) > ROOM; spared++) {
      fitting =
          spared < SPARE.size() && fitting.analysis() instanceof ObjectNode analysis
              ? with(fitting, without(analysis, SPARE.get(spared)))
              : with(fitting, null);
      if (fitting.analysis() == null) {
        break;
      }
    }
    return fitting;
  }

  private static int length(DumpOffer offer, JsonMapper mapper) throws JsonProcessingException {
    return mapper.writeValueAsBytes(offer).length;
  }

  private static ObjectNode without(ObjectNode analysis, String field) {
    ObjectNode copy = analysis.deepCopy();
    copy.remove(field);
    return copy;
  }

  private static DumpOffer with(DumpOffer o, JsonNode analysis) {
    return new DumpOffer(
        o.crashId(),
        o.runId(),
        o.pid(),
        o.process(),
        o.processStart(),
        o.crashTime(),
        o.kind(),
        o.exitCode(),
        o.exitCodeSource(),
        o.exceptionCode(),
        o.dumpType(),
        o.size(),
        o.compression(),
        o.truncated(),
        analysis,
        o.osVersion(),
        o.procdump());
  }
}
