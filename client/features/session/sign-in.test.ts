import { render, screen } from '@testing-library/svelte';
import SignIn from './SignIn.svelte';

describe('the sign-in page', () => {
  it('says who helps when the password is forgotten', () => {
    render(SignIn);
    expect(screen.getByText('Забыли пароль? Новый даст администратор.')).toBeTruthy();
  });
});
