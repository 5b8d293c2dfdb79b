import { EventBus } from 'aws-cdk-lib/aws-events'
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { configurationSetName, type Stage } from '../stages.ts'

/**
 * Has SES report bounces and complaints to the default bus. SES's own suppression list is off for these mails: the table
 * decides whom nothing is sent to, and forgets it when an address is confirmed.
 */
export function reportReturnedMails(scope: Construct, stage: Stage): void {
  const mails = new ConfigurationSet(scope, 'Mails', {
    configurationSetName: configurationSetName(stage),
    disableSuppressionList: true,
  })
  mails.addEventDestination('Returned', {
    destination: EventDestination.eventBus(EventBus.fromEventBusName(scope, 'DefaultBus', 'default')),
    events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
  })
}
