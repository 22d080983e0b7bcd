{{ company.funnels(ref("int_journey_event"), ref("int_journey_as_of"), var("journey_funnels")) }}
