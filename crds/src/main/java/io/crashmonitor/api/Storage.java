package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Where dumps go. A single kind today; another would be a sibling of azureBlob. */
public record Storage(
    @JsonPropertyDescription("A container of an Azure storage account.") @Required
        AzureBlobStorage azureBlob) {}
