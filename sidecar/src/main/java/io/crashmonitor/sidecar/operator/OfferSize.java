package io.crashmonitor.sidecar.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
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
              ? fitting.withAnalysis(without(analysis, SPARE.get(spared)))
              : fitting.withAnalysis(null);
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
}
