import { fireEvent, render, screen } from '@testing-library/svelte';
import { playRest, testSession } from '../../testing/sign-in.ts';

const { default: LaneForm } = await import('./LaneForm.svelte');
const { laneChoice } = await import('../../state/lane-choice.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

describe('the lane in the settings', () => {
  it('has the sound switch of the lane: one choice, wherever it is made', async () => {
    playRest(() => testSession());
    await session.signIn('anna', 'correct horse');
    render(LaneForm);
    const box = screen.getByLabelText<HTMLInputElement>('Звук о новых критических');
    expect(box.checked).toBe(false);
    await fireEvent.click(box);
    expect(laneChoice.sound).toBe(true);
    laneChoice.choose({ sound: false });
    await Promise.resolve();
    expect(box.checked).toBe(false);
  });
});
