package io.crashmonitor.testbed.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's own objects in the API: Node and Lease. */
final class NodeRegistration {
  /** Twice as often as the kubelet: a busy machine may be late. */
  static final long RENEW_SECONDS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(NodeRegistration.class);
  private static final String LEASES = "kube-node-lease";
  private static final int LEASE_SECONDS = 40;
  private static final String BUILD = "10.0.20348";
  private static final String MANAGER = "testbed-windows-node";

  private final KubernetesClient client;
  private final String name;
  private final String address;
  private final Map<String, String> labels;
  private final int logPort;
  private final Clock clock;

  /**
   * @param logPort of the endpoint that the API server asks for logs; 0 for none
   */
  NodeRegistration(KubernetesClient client, NodeSettings settings, int logPort) {
    this.client = client;
    this.name = settings.name();
    this.address = settings.address();
    this.labels = new HashMap<>(settings.labels());
    this.clock = settings.clock();
    this.logPort = logPort;
    labels.put("kubernetes.io/os", "windows");
    labels.put("kubernetes.io/arch", "amd64");
    labels.put("kubernetes.io/hostname", name);
    labels.put("node.kubernetes.io/windows-build", BUILD);
  }

  /** Makes the node, or makes an old one of that name this one. */
  void register() {
    Node node = node();
    client.resource(node).fieldManager(MANAGER).forceConflicts().serverSideApply();
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), node);
    renew();
  }

  /** Tells the control plane that the node is alive. */
  void renew() {
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(LEASES)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(name)
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
            .endSpec()
            .build();
    try {
      client.resource(lease).fieldManager(MANAGER).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      LOG.warn("Node {} could not renew its lease: {}", name, e.getMessage());
    }
  }

  void remove() {
    try {
      client.nodes().withName(name).delete();
      client.leases().inNamespace(LEASES).withName(name).delete();
    } catch (KubernetesClientException e) {
      LOG.debug("Node {} stays in the API: {}", name, e.getMessage());
    }
  }

  private Node node() {
    Map<String, Quantity> capacity =
        Map.of(
            "cpu", new Quantity("16"),
            "memory", new Quantity("64Gi"),
            "ephemeral-storage", new Quantity("100Gi"),
            "pods", new Quantity("110"));
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withNewStatus()
        .withCapacity(capacity)
        .withAllocatable(capacity)
        .withConditions(conditions())
        .addNewAddress(address, "InternalIP")
        .addNewAddress(name, "Hostname")
        .withNewDaemonEndpoints()
        .withNewKubeletEndpoint(logPort)
        .endDaemonEndpoints()
        .withNewNodeInfo()
        .withArchitecture("amd64")
        .withOperatingSystem("windows")
        .withOsImage("Windows Server 2022 Datacenter (simulated on Wine)")
        .withKernelVersion(BUILD + ".2700")
        .withKubeletVersion("v1.36.3")
        .withKubeProxyVersion("")
        .withContainerRuntimeVersion("wine://8.0")
        .withMachineID(name)
        .withSystemUUID(name)
        .withBootID(name)
        .endNodeInfo()
        .endStatus()
        .build();
  }

  private List<NodeCondition> conditions() {
    Instant now = clock.instant();
    return Stream.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
        .map(
            type ->
                new NodeConditionBuilder()
                    .withType(type)
                    .withStatus(type.equals("Ready") ? "True" : "False")
                    .withReason(type.equals("Ready") ? "KubeletReady" : "KubeletHasNo" + type)
                    .withLastHeartbeatTime(now.toString())
                    .withLastTransitionTime(now.toString())
                    .build())
        .toList();
  }
}
