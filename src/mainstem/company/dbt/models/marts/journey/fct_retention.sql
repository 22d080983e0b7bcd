{{ company.retention(ref("int_retention_activity"), ref("int_journey_as_of"), var("journey_retentions")) }}
