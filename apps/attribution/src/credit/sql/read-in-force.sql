select opportunity, model, model_version, said from credit where opportunity = any ($1::text[])
